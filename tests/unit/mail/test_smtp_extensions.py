"""DSN (RFC 3461) and REQUIRETLS (RFC 8689): what is sent if a server offers them, and if not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.checks import registry
from mailproof.config import SubmitSettings
from mailproof.config.load import parse_config
from mailproof.engine.judge import judge
from mailproof.errors import ConfigError
from mailproof.mail.mailbox import Arrival
from mailproof.mail.mailboxes.catch import Catch
from mailproof.model import DeliveryFacts, RetrievalFacts, SmtpSubmission
from mailproof.structs import replace
from tests.support.mail_servers import Peer, Store, submission_server, talking
from tests.support.sending import submit
from tests.support.tls import Authority

MESSAGE = b"From: a@acme.example\r\nSubject: x\r\n\r\nbody\r\n"
TOKEN = "mp-0123456789abcdef0123"
#: As Postfix 3.7 writes it for a next hop without DSN.
RELAYED = f"""\
From: MAILER-DAEMON@mail.acme.example (Mail Delivery System)
Subject: Successful Mail Delivery Report
To: a@acme.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

Your message was successfully delivered to the destination(s) listed below.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.acme.example

Final-Recipient: rfc822; b@receiver.example
Action: relayed
Status: 2.0.0
Remote-MTA: dns; mx.receiver.example
Diagnostic-Code: smtp; 250 2.0.0 Ok: queued as 4XyZ

--b
Content-Type: text/rfc822-headers

From: a@acme.example
Subject: test [{TOKEN}]
Message-ID: <{TOKEN}.1@acme.example>

--b--
""".replace("\n", "\r\n").encode()


async def sent(
    tmp_path: Path, *extensions: str, tls: bool = True, notify: bool = False, require_tls: bool = False
) -> tuple[SmtpSubmission, list[str]]:
    """The result, and the commands that the server received."""
    authority = Authority(tmp_path)
    heard: list[str] = []

    async def talk(peer: Peer) -> None:
        await peer.say("220 hi")
        while True:
            line = await peer.hear()
            heard.append(line)
            if line.startswith("EHLO"):
                await peer.say("250-hi", *(f"250-{each}" for each in extensions), "250 HELP")
            elif line == "DATA":
                await peer.say("354 go on")
                while await peer.hear() != ".":
                    pass
                await peer.say("250 2.0.0 Ok: queued as 4XyZ")
            else:
                await peer.say("250 2.0.0 Ok")

    context = authority.issue("127.0.0.1").context() if tls else None
    async with talking(talk, tls=context) as port:
        settings = SubmitSettings(
            host="127.0.0.1",
            port=port,
            security="tls" if tls else "plain",
            ca_file=authority.ca_file,
            timeout=3.0,
            retry_for=0.0,
            notify=notify,
            require_tls=require_tls,
        )
        return await submit(settings, MESSAGE, "a@acme.example", ["b@receiver.example"]), heard


async def test_both_where_they_are_offered(tmp_path: Path) -> None:
    facts, heard = await sent(tmp_path, "DSN", "REQUIRETLS", notify=True, require_tls=True)
    assert facts.accepted, facts.dialogue
    assert heard[1:3] == [
        "MAIL FROM:<a@acme.example> REQUIRETLS RET=HDRS",
        "RCPT TO:<b@receiver.example> NOTIFY=SUCCESS,DELAY,FAILURE",
    ]


async def test_neither_unless_asked_for(tmp_path: Path) -> None:
    _, heard = await sent(tmp_path, "DSN", "REQUIRETLS")
    assert heard[1:3] == ["MAIL FROM:<a@acme.example>", "RCPT TO:<b@receiver.example>"]


async def test_notices_are_no_condition(tmp_path: Path) -> None:
    facts, heard = await sent(tmp_path, notify=True)
    assert facts.accepted
    assert heard[1:3] == ["MAIL FROM:<a@acme.example>", "RCPT TO:<b@receiver.example>"]


@pytest.mark.parametrize(
    ("extensions", "tls", "words"),
    [((), True, "does not offer REQUIRETLS"), (("REQUIRETLS",), False, "this connection has none")],
)
async def test_required_tls_is_a_condition(
    tmp_path: Path, extensions: tuple[str, ...], tls: bool, words: str
) -> None:
    facts, heard = await sent(tmp_path, *extensions, tls=tls, require_tls=True)
    assert facts.failure is not None
    assert (facts.failure.stage, facts.failure.kind) == ("mail", "unsupported")
    assert words in facts.failure.reason
    assert not [line for line in heard if line.startswith("MAIL")]
    delivery = DeliveryFacts("p", "a@acme.example", "b@receiver.example", "a@acme.example", TOKEN, "<x@y>")
    outcomes = judge(registry.checks("delivery"), replace(delivery, submission=facts), "acme.example")
    (finding,) = next(each.findings for each in outcomes if each.check == "SMTP023")
    assert words in finding.message
    assert finding.fix is not None
    assert "require_tls" in finding.fix.summary


def test_a_notice_of_success_is_no_bounce() -> None:
    catch = Catch(TOKEN)
    for _ in range(20):
        catch.take(Arrival(RELAYED, "INBOX", "1"))
    assert catch.bounce is None
    assert len(catch.notices) == 8
    notice = catch.notices[0]
    assert (notice.action, notice.reporting_mta, notice.remote_mta) == (
        "relayed",
        "mail.acme.example",
        "mx.receiver.example",
    )
    came = RetrievalFacts("imap", "imap.acme.example:993", "deadline", notices=catch.notices[:1])
    facts = DeliveryFacts(
        "p",
        "a@acme.example",
        "b@receiver.example",
        "a@acme.example",
        TOKEN,
        "<x@y>",
        submission=SmtpSubmission(host="mail.acme.example", accepted=True),
        retrieval=came,
    )
    outcomes = judge(registry.checks("delivery"), facts, "acme.example")
    (finding,) = next(each.findings for each in outcomes if each.check == "RECV001")
    assert finding.evidence[0].startswith("mail.acme.example reports: relayed to mx.receiver.example: ")


def test_required_tls_without_tls_is_a_contradiction(tmp_path: Path) -> None:
    text = """
[profiles.p.submit]
host = "mail.acme.example"
security = "plain"
require_tls = true
[profiles.p.message]
from = "a@acme.example"
to = "b@receiver.example"
"""
    with pytest.raises(ConfigError, match="'require_tls' needs TLS to the server"):
        parse_config(text, tmp_path / "mailproof.toml")


async def test_every_address_is_tried_and_one_gets_the_message(tmp_path: Path) -> None:
    store = Store()

    async def resolve(_: str) -> tuple[str, ...]:
        return ("127.0.0.2", "::1", "127.0.0.1")

    async with submission_server(store) as port:
        settings = SubmitSettings(
            host="mail.acme.example", port=port, security="plain", timeout=3.0, every_address=True
        )
        facts = await submit(settings, MESSAGE, "a@acme.example", ["b@receiver.example"], resolve=resolve)
    assert facts.accepted
    tried = {each.address: each.works for each in facts.addresses}
    assert tried == {"127.0.0.2": False, "::1": False, "127.0.0.1": True}
    failed = facts.addresses[0].failure
    assert failed is not None
    assert (failed.stage, failed.kind) == ("connect", "refused")
    assert len(store.messages) == 1


async def test_no_address_to_try() -> None:
    async def resolve(_: str) -> tuple[str, ...]:
        return ()

    settings = SubmitSettings(host="mail.acme.example", port=9, every_address=True, retry_for=0.0)
    facts = await submit(settings, MESSAGE, "a@acme.example", ["b@receiver.example"], resolve=resolve)
    assert facts.addresses == ()
    assert facts.failure is not None
    assert facts.failure.kind == "no-address"
