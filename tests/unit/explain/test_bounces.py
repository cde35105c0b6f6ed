"""Bounces in various servers' formats, as parsed by ``explain`` and ``verify``."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.explain import explain_dsn, explain_file, explain_reply
from mailproof.model import BounceReply

HERE = Path(__file__).parent / "bounces"

#: Server: recipient, status, cause, the sender's domain.
BOUNCES = {
    "qmail": ("bob@yahoo.com", "5.7.9", "yahoo-unauthenticated", "acme.example"),
    "exim": ("bob@gmail.com", "5.7.26", "gmail-unauthenticated", "acme.example"),
    "gmail": ("bob@rcpt.test", "4.4.1", "gmail-no-connection", "acme.example"),
    "exchange": ("bob@outlook.com", "5.7.509", "microsoft-dmarc", "acme.example"),
    "haraka-no-host": ("bob@recieverr.example", "5.1.2", "host-not-found", "acme.example"),
    "haraka-null-mx": ("bob@receiver.example", "5.1.10", "recipient-null-mx", "acme.example"),
    "opensmtpd-expired": ("bob@receiver.example", "4.4.7", "retry-timeout", "acme.example"),
    "sendmail-transcript": ("bob@receiver.example", "5.7.26", "gmail-unauthenticated", "acme.example"),
}


@pytest.mark.parametrize("server", BOUNCES)
def test_the_cause_is_found(server: str) -> None:
    found = explain_dsn((HERE / f"{server}.eml").read_bytes())
    assert found is not None
    (reply,) = found.replies
    cause = reply.causes[0]
    assert (reply.recipient, reply.status, cause.id, reply.domain) == BOUNCES[server]
    assert cause.certain
    assert reply.permanent
    assert found.returned is not None
    assert (found.returned.from_domain, found.returned.subject) == ("acme.example", "hello")


def test_all_lines_of_a_reply_are_read() -> None:
    found = explain_dsn((HERE / "exim.eml").read_bytes())
    assert found is not None
    (reply,) = found.replies
    assert reply.stated == ("dkim=fail", "spf=fail")
    assert reply.address == "192.0.2.10"
    assert reply.causes[0].next == "mailproof audit acme.example --ip 192.0.2.10"


def reply_of(server: str, old: bytes = b"", new: bytes = b"") -> BounceReply:
    raw = (HERE / f"{server}.eml").read_bytes()
    assert old in raw
    found = explain_dsn(raw.replace(old, new) if old else raw)
    assert found is not None
    return found.replies[0]


def test_a_reason_beside_the_status_is_the_reply() -> None:
    reply = reply_of("haraka-null-mx")
    assert reply.text == "556 Domain receiver.example sends and receives no email (NULL MX)"


def test_sendmail_quotes_the_first_line_and_the_rest_in_its_transcript() -> None:
    reply = reply_of("sendmail-transcript")
    assert (reply.speaker, reply.address) == ("Gmail", "192.0.2.25")
    assert reply.text.endswith("https://support.google.com/mail/answer/81126 a1b2c3 - gsmtp")


def test_sendmail_calls_any_550_an_unknown_user() -> None:
    assert [cause.id for cause in reply_of("sendmail-policy").causes] == ["policy"]
    stated = reply_of("sendmail-policy", b"takes no mail from your network", b"has no such user")
    assert [cause.id for cause in stated.causes] == ["unknown-user"]


def test_couriers_possible_reasons_are_none() -> None:
    reply = reply_of("courier-delay")
    assert (reply.recipient, reply.permanent) == ("carol@receiver.example", False)
    assert [cause.id for cause in reply.causes] == ["retry-timeout"]  # "delayed" is all it says


def test_mailman_3_holds_a_message() -> None:
    found = explain_file((HERE / "mailman-held.eml").read_bytes())
    (reply,) = found.replies
    assert (reply.recipient, reply.permanent) == ("friends@lists.receiver.example", False)
    assert reply.causes[0].id == "recipient-restricted"


def test_what_was_delivered_has_no_cause() -> None:
    receipt = reply_of("sendmail-receipt")
    assert (receipt.status, receipt.text, receipt.causes) == (
        "2.1.5",
        "(successfully delivered to mailbox)",
        (),
    )


def test_a_program_s_exit_status_is_no_reply() -> None:
    reply = reply_of(
        "sendmail-policy", b"SMTP; 550-5.7.1 Our company takes no mail from your network.", b"X-Unix; 1"
    )
    assert reply.text.startswith("550-5.7.1 Our company")


def test_words_of_the_recipient_s_domain_are_no_reason() -> None:
    refused = "550 5.7.1 <bob@servfail.example>: refused; mx.servfail.example"
    assert [cause.id for cause in explain_reply(refused, recipient="bob@servfail.example").causes] == [
        "policy"
    ]
    said = explain_reply(f"{refused}: SERVFAIL", recipient="bob@receiver.example")
    assert said.causes[0].id == "name-server-failed"


def test_the_copy_is_not_taken_for_the_reason() -> None:
    raw = (HERE / "qmail.eml").read_bytes()
    quoted = raw.replace(b"Body\n", b"They said: 550 5.7.26 no - gsmtp\n")
    assert quoted != raw
    found = explain_dsn(quoted)
    assert found is not None
    assert [reply.status for reply in found.replies] == ["5.7.9"]
