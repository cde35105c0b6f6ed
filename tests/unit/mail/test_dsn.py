"""Bounces as servers write them."""

from __future__ import annotations

import base64
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailproof.mail.dsn import parse_dsn

BOUNCES = Path(__file__).resolve().parents[3] / "fixtures" / "bounces"
STATUS = (
    "Reporting-MTA: dns; mail.acme.example\n\n"
    "Final-Recipient: rfc822; b@gmail.example\nOriginal-Recipient: rfc822;b@gmail.example\n"
    "Action: failed\nStatus: 5.7.26\nRemote-MTA: dns; gmail-smtp-in.l.google.com\n"
    "Diagnostic-Code: smtp; 550-5.7.26 Your email has been blocked because the sender is\n"
    "    unauthenticated. 550 5.7.26 - gsmtp\n"
)


def report(status: str, encoding: str = "7bit") -> bytes:
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mail.acme.example>\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n boundary="B"\n\n'
        "--B\nContent-Type: text/plain\n\nI'm sorry\n"
        f"--B\nContent-Description: Delivery report\nContent-Type: message/delivery-status\n"
        f"Content-Transfer-Encoding: {encoding}\n\n{status}\n--B--\n"
    ).encode()


def test_postfix_report() -> None:
    facts = parse_dsn(report(STATUS))
    assert facts is not None
    assert (facts.action, facts.status, facts.recipient) == ("failed", "5.7.26", "b@gmail.example")
    assert facts.reporting_mta == "mail.acme.example"
    assert facts.remote_mta == "gmail-smtp-in.l.google.com"
    assert facts.diagnostic.endswith("unauthenticated. 550 5.7.26 - gsmtp")
    assert facts.meaning.startswith("Gmail: neither SPF nor DKIM")


def test_base64_and_crlf() -> None:
    encoded = base64.encodebytes(STATUS.encode()).decode()
    facts = parse_dsn(report(encoded, "base64").replace(b"\n", b"\r\n"))
    assert facts is not None
    assert facts.status == "5.7.26"


def test_failed_recipient_comes_before_a_delayed_one() -> None:
    status = (
        "Reporting-MTA: dns; m\n\nFinal-Recipient: rfc822; a@x\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; b@x\nAction: failed\nStatus: 5.2.2\n"
    )
    facts = parse_dsn(report(status))
    assert facts is not None
    assert (facts.recipient, facts.status) == ("b@x", "5.2.2")
    assert "full" in facts.meaning


def test_a_recipient_of_another_watch_is_left_out() -> None:
    status = "Reporting-MTA: dns; m\n\n" + "\n".join(
        f"Final-Recipient: rfc822; {name}@x\nOriginal-Recipient: rfc822; {name}@Y\n"
        f"Action: failed\nStatus: {code}\n"
        for name, code in (("a", "5.1.1"), ("b", "5.2.2"))
    )
    facts = parse_dsn(report(status), frozenset(("a@y",)))
    assert facts is not None
    assert facts.status == "5.2.2"
    assert parse_dsn(report(status), frozenset(("a@y", "b@x"))) is None
    assert parse_dsn(report(STATUS), frozenset(("a@y",))) == parse_dsn(report(STATUS))


def test_old_exim_without_a_report_part() -> None:
    raw = (
        b"Return-path: <>\nX-Failed-Recipients: b@x.example\nFrom: Mail Delivery System <Mailer-Daemon@h>\n\n"
        b"A message that you sent could not be delivered\n  b@x.example\n    host mx [192.0.2.1]\n"
        b"    550 5.1.1 no such user\n"
    )
    facts = parse_dsn(raw)
    assert facts is not None
    assert (facts.recipient, facts.status, facts.action) == ("b@x.example", "5.1.1", "failed")


def test_what_the_server_itself_says_without_a_code_is_the_reason() -> None:
    facts = parse_dsn((BOUNCES / "exim-unrouteable.eml").read_bytes())
    assert facts is not None
    assert facts.diagnostic == "Unrouteable address"


def test_ordinary_mail_is_no_bounce() -> None:
    assert parse_dsn(b"From: a@b.example\nSubject: 550 5.1.1\n\n550 5.1.1 quoted\n") is None
    assert parse_dsn(b"") is None


@given(st.binary(max_size=500))
def test_never_raises(data: bytes) -> None:
    parse_dsn(data)
    parse_dsn(report("") + data)
    parse_dsn(report(data.decode("latin-1"), "base64"))
