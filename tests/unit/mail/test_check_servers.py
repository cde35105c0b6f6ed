"""Testing a profile's servers without sending."""

from __future__ import annotations

from pathlib import Path

from mailproof.config import Credential, RetrieveSettings, SubmitSettings
from mailproof.mail.retrieve import check_mailbox
from mailproof.mail.senders import check_submission
from tests.support.mail_servers import ImapStore, Store, submission_server, talking
from tests.support.tls import Authority


async def test_submission(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.issue("127.0.0.1").context()
    store = Store()
    async with submission_server(store, tls=context, password="pw") as port:
        for secret, words in (("pw", ""), ("no", "auth: 535 5.7.8")):
            chosen = SubmitSettings(
                "127.0.0.1",
                port,
                username="u",
                password=Credential.of(secret),
                ca_file=authority.ca_file,
                timeout=3.0,
            )
            trouble = await check_submission(chosen)
            assert trouble.startswith(words)
            assert bool(trouble) is bool(words)
    assert store.messages == []


async def test_mailbox() -> None:
    async with talking(ImapStore().talk) as port:
        for secret, words in (("pw", ""), ("no", "the server refuses the credentials")):
            chosen = RetrieveSettings(
                "127.0.0.1",
                port,
                "plain",
                "u",
                Credential.of(secret),
                allow_plaintext_auth=True,
                timeout=3.0,
            )
            trouble = await check_mailbox(chosen)
            assert trouble.startswith(words)
            assert bool(trouble) is bool(words)
