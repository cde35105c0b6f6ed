"""Third-party emulators of providers. Each test is skipped if its program is not configured.

pip install "moto[server,ses]==5.2.5"          # MAILPROOF_MOTO=…/bin/moto_server
npm install aws-ses-v2-local@2.10.2            # MAILPROOF_SES_LOCAL=…/node_modules/.bin/aws-ses-v2-local
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from mailproof.config import Credential, MessageSettings, Profile, RetrieveSettings, SubmitSettings
from mailproof.mail.probe import Probe
from mailproof.mail.senders import sender_for
from mailproof.model import HttpSubmission
from tests.support.listening import free_port
from tests.support.providers import FROM, KEY, MESSAGE, TO

MOTO = os.environ.get("MAILPROOF_MOTO", "")
SES_LOCAL = os.environ.get("MAILPROOF_SES_LOCAL", "")


@asynccontextmanager
async def running(port: int, *words: str, **environment: str) -> AsyncIterator[str]:
    """Run a program's server on a port until the block ends. Yields its URL."""
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *words, stdout=quiet, stderr=quiet, env={**os.environ, **environment}
    )
    try:
        for _ in range(400):
            await asyncio.sleep(0.1)
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


def asked(url: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    scope = "AKIA/20261126/eu-west-1/ses/aws4_request"
    head = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x"}
    head["Content-Type"] = "application/json"
    with urllib.request.urlopen(urllib.request.Request(url, data, head), timeout=60) as reply:
        return json.loads(reply.read() or b"null")


def ses(url: str) -> SubmitSettings:
    return SubmitSettings(
        kind="ses", url=url, region="eu-west-1", key_id="AKIA", key=Credential.of(KEY), retry_for=0.0
    )


@pytest.mark.skipif(not MOTO, reason="MAILPROOF_MOTO does not name a moto_server: see the top of this file")
async def test_ses_of_moto_has_the_octets_of_the_message() -> None:
    port = free_port()
    async with running(port, MOTO, "-H", "127.0.0.1", "-p", str(port)) as url:
        refused = await (await sender_for(ses(url))).send(MESSAGE, FROM, [TO])
        assert isinstance(refused, HttpSubmission)
        assert (refused.accepted, refused.code, refused.cause) == (False, "MessageRejected", "sender")
        await asyncio.to_thread(asked, f"{url}/v2/email/identities", {"EmailIdentity": FROM})
        facts = await (await sender_for(ses(url))).send(MESSAGE, FROM, [TO])
        assert facts.accepted, facts.dialogue
        kept = (await asyncio.to_thread(asked, f"{url}/moto-api/data.json"))["ses"]["RawMessage"]
    assert kept[-1]["raw_data"].encode() == MESSAGE
    assert kept[-1]["id"] == facts.queue_id


@pytest.mark.skipif(
    not SES_LOCAL, reason="MAILPROOF_SES_LOCAL does not name an aws-ses-v2-local: see the top of this file"
)
async def test_a_whole_probe_through_ses_local() -> None:
    port, smtp = free_port(), free_port()
    transport = json.dumps({"host": "127.0.0.1", "port": smtp, "secure": False})
    words = ("node", SES_LOCAL) if shutil.which("node") else (SES_LOCAL,)
    async with running(port, *words, "--port", str(port), SMTP_TRANSPORT=transport) as url:
        retrieve = RetrieveSettings(kind="listener", host="127.0.0.1", port=smtp, deadline=30.0)
        message = MessageSettings(from_address=FROM, to_address=TO)
        probe = Probe(Profile("p", ses(url), message, retrieve))
        await probe.run()
    delivery = probe.result.delivery
    assert delivery.retrieval is not None
    assert delivery.retrieval.result == "found"
    assert delivery.provider_id_in == "message-id"
    assert delivery.comparison is not None
    assert "Message-ID" in {each.name for each in delivery.comparison.changes if each.expected}
