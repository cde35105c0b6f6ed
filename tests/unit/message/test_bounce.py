"""Bounces as messages: detection, contents, and verdict."""

from __future__ import annotations

import pytest

from mailproof.facts.message import read_bounce
from mailproof.model import Finding, Report
from mailproof.records.message import parse_message
from mailproof.render.verdict import verdict
from tests.rules.generate_failures import GOOD, SIGNED, bounce
from tests.support.engine import verify_async
from tests.support.resolvers import zone

TIMEOUT = "connect to mx.rcpt.test[198.51.100.3]:25: Connection timed out"


async def judged(raw: bytes) -> Report:
    return await verify_async(raw, resolver=zone(GOOD))


def bounced(report: Report) -> list[Finding]:
    return [each for each in report.findings if each.rule == "MSG030"]


async def test_a_delay_is_told_as_one() -> None:
    report = await judged(bounce(TIMEOUT, status="4.4.1", kind="X-Postfix", action="delayed"))
    (finding,) = bounced(report)
    assert "has not been delivered yet" in finding.message
    assert finding.severity == "warning"
    assert "is delayed" in verdict(report)[1]


async def test_a_report_of_success_is_no_finding() -> None:
    report = await judged(bounce("250 2.0.0 Ok", status="2.0.0", action="relayed"))
    assert report.facts.message is not None
    assert report.facts.message.bounce is not None
    assert not bounced(report)
    assert "delivered or relayed" in verdict(report)[1]


async def test_a_reason_that_nobody_knows_is_said_to_be_unknown() -> None:
    report = await judged(bounce("the moon is in the wrong house", status="5.0.0"))
    (finding,) = bounced(report)
    assert finding.fix is None
    assert finding.location is not None
    assert finding.location.record == "the moon is in the wrong house"


async def test_what_came_back_is_named() -> None:
    report = await judged(bounce(TIMEOUT, status="4.4.1", kind="X-Postfix"))
    (finding,) = bounced(report)
    assert any("Alice <alice@acme.example>" in line and "“Your order”" in line for line in finding.evidence)
    assert verdict(report)[1].startswith("A message from acme.example bounced")
    assert report.facts.message is not None
    assert report.facts.message.bounce is not None
    assert report.facts.message.bounce.returned is not None
    assert report.facts.message.bounce.returned.message_id == "<20261101.1@acme.example>"


async def test_a_bounce_of_ones_own_server_needs_no_signature() -> None:
    report = await judged(bounce(TIMEOUT, status="4.4.1", kind="X-Postfix"))
    (outcome,) = (each for each in report.outcomes if each.check == "AUTH012")
    assert outcome.status == "skipped"


async def test_that_a_bounce_is_not_signed_is_no_fault() -> None:
    came = b"Received: from mx.test (mx.test [198.51.100.20]) by mail.acme.example with ESMTPS id 1; "
    raw = came + b"Sun, 01 Nov 2026 12:00:00 +0000\r\n" + bounce("550 5.1.1 User unknown", status="5.1.1")
    report = await judged(raw)
    (finding,) = (each for each in report.findings if each.rule == "AUTH012")
    assert (finding.severity, finding.fix) == ("info", None)


@pytest.mark.parametrize(
    "hop",
    [
        "from [192.168.1.5] (dsl.test [203.0.113.88]) by mail.acme.example (Postfix) with ESMTPSA id 1",
        "by mail.acme.example (Postfix, from userid 0) id 1",
    ],
)
async def test_what_never_left_its_server_may_be_signed_later(hop: str) -> None:
    raw = f"Received: {hop}; Sun, 01 Nov 2026 12:00:00 +0000\r\nFrom: ada@acme.example\r\n\r\nx\r\n"
    report = await judged(raw.encode())
    (finding,) = (each for each in report.findings if each.rule == "AUTH012")
    assert finding.severity == "warning"
    assert "some servers sign only what leaves them" in finding.message


def test_the_senders_domain_comes_from_what_came_back() -> None:
    found = read_bounce(parse_message(bounce("550 5.7.1 no (S3150)", status="5.7.1", to="bob@outlook.com")))
    assert found is not None
    assert found.replies[0].domain == "acme.example"
    assert found.replies[0].causes[0].next == "mailproof audit acme.example"


def test_forwarding_is_told_by_the_two_recipients() -> None:
    refused = "550 5.7.26 unauthenticated x - gsmtp"
    there = bounce(refused, status="5.7.26", to="bob@gmail.com", original="bob@rcpt.test")
    plain = bounce(refused, status="5.7.26", to="bob@gmail.com", original="bob@gmail.com")
    causes = [read_bounce(parse_message(raw)) for raw in (there, plain)]
    assert [found.replies[0].causes[0].id for found in causes if found] == [
        "gmail-forwarded",
        "gmail-unauthenticated",
    ]


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("a read receipt", (b"delivery-status", b"disposition-notification")),
        ("a complaint", (b"delivery-status", b"feedback-report")),
        ("mail with a null return path", (b"Return-Path: <alice@acme.example>", b"Return-Path: <>")),
    ],
)
def test_what_is_no_bounce(what: str, change: tuple[bytes, bytes]) -> None:
    raw = SIGNED if b"null" in what.encode() else bounce("x", status="5.0.0")
    changed = raw.replace(*change)
    assert changed != raw
    assert read_bounce(parse_message(changed)) is None


def test_headers_alone_are_no_bounce() -> None:
    head = bounce("x", status="5.0.0").partition(b"\r\n\r\n")[0] + b"\r\n"
    assert read_bounce(parse_message(head)) is None


def several(count: int) -> bytes:
    """A notification with the same result for ``count`` recipients."""
    one = bounce("550 5.1.1 User unknown", status="5.1.1")
    blocks = "".join(
        f"\r\nFinal-Recipient: rfc822; user{n}@rcpt.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
        for n in range(count)
    )
    start = one.index(b"\r\nFinal-Recipient:")
    return one[:start] + blocks.encode() + one[one.index(b"\r\n--", start) :]


async def test_all_recipients_of_whom_the_same_is_said_are_mentioned() -> None:
    (finding,) = bounced(await judged(several(8)))
    assert "user0@rcpt.test" in finding.message
    named = ", ".join(f"user{n}@rcpt.test" for n in range(1, 6))
    assert f"the same for {named} and 2 more" in finding.evidence
    assert "more recipients than" not in " ".join(finding.evidence)


async def test_more_recipients_than_are_read_are_mentioned() -> None:
    (finding,) = bounced(await judged(several(60)))
    assert "the notification names more recipients than are read" in finding.evidence


@pytest.mark.parametrize(
    ("author", "subject", "words", "bounced"),
    [
        ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.test", "Unzustellbar", "550 5.1.1 x", True),
        ("noreply@rcpt.test", "Non remis : x", "550 5.1.1 utilisateur inconnu", True),
        ("bob@rcpt.test", "Away", "I am away, ask carol@rcpt.test.", False),
        ("shop@rcpt.test", "Your parcel", "It could not be delivered yet.", False),
    ],
)  # fmt: skip
def test_a_null_return_path_is_that_of_a_bounce_whoever_wrote_it(
    author: str, subject: str, words: str, bounced: bool
) -> None:
    raw = (
        f"Return-Path: <>\nFrom: {author}\nTo: ada@acme.example\nSubject: {subject}\n\n"
        f"<bob@rcpt.test>: {words}\n"
    )
    assert (read_bounce(parse_message(raw.encode())) is not None) == bounced
