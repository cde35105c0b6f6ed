"""Bounces in various servers' formats, as parsed by ``explain`` and ``verify``."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.explain import explain_dsn

HERE = Path(__file__).parent / "bounces"

#: Server: recipient, status, cause, the sender's domain.
BOUNCES = {
    "qmail": ("bob@yahoo.com", "5.7.9", "yahoo-unauthenticated", "acme.example"),
    "exim": ("bob@gmail.com", "5.7.26", "gmail-unauthenticated", "acme.example"),
    "gmail": ("bob@rcpt.test", "4.4.1", "gmail-no-connection", "acme.example"),
    "exchange": ("bob@outlook.com", "5.7.509", "microsoft-dmarc", "acme.example"),
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


def test_the_copy_is_not_taken_for_the_reason() -> None:
    raw = (HERE / "qmail.eml").read_bytes()
    quoted = raw.replace(b"Body\n", b"They said: 550 5.7.26 no - gsmtp\n")
    assert quoted != raw
    found = explain_dsn(quoted)
    assert found is not None
    assert [reply.status for reply in found.replies] == ["5.7.9"]
