"""The time as of which a message is evaluated, and keys removed or replaced since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailproof.facts.message import collect_message
from mailproof.message.arrival import moment_of
from mailproof.message.border import find_border
from mailproof.message.reader import read
from mailproof.model import MessageFacts
from tests.rules.message_parts import FOOTER, PASSES, compose, deliver, public, seal, sign, zone
from tests.support.resolvers import zone as resolver

NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)
ARRIVED = datetime(2026, 11, 1, 11, 59, 2, tzinfo=UTC)
HOP = "Received: from x.test (x.test [192.0.2.1]) by mx.rcpt.test with ESMTPS id 1; {}\n"
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from; bh=AAAA; b=AAAA; t={}\n"


async def collect(raw: bytes, text: str) -> MessageFacts:
    return await collect_message(raw, resolver(text), now=NOW)


@pytest.mark.parametrize(
    ("head", "moment", "words"),
    [
        (HOP.format("Sun, 01 Nov 2026 11:59:02 +0000"), ARRIVED, "when mx.rcpt.test accepted it"),
        (HOP.format("Sun, 01 Nov 2026 12:59:02 +0100"), ARRIVED, "when mx.rcpt.test accepted it"),
        (HOP.format("Fri, 01 Jan 2027 00:00:00 +0000"), NOW, "in the future"),
        (
            HOP.format("Fri, 01 Jan 2027 00:00:00 +0000") + "Date: Sun, 01 Nov 2026 11:59:02 +0000\n",
            ARRIVED,
            "its Date header: its Received header is in the future",
        ),
        (
            HOP.replace("x.test", "mx.rcpt.test")
            .replace("192.0.2.1", "10.0.0.1")
            .replace("by mx.rcpt.test", "by store.rcpt.test")
            .format("Sun, 01 Nov 2026 11:59:02 +0000")
            + HOP.format("Fri, 01 Jan 2027 00:00:00 +0000"),
            ARRIVED,
            "when store.rcpt.test accepted it",
        ),
        (HOP.format("Sun, 01 Nov 2026 12:59:02 CET"), ARRIVED, "when mx.rcpt.test accepted it"),
        (HOP.format("Thu, 24 Dec 2026 12:01:00 +0000"), NOW, "when mx.rcpt.test accepted it"),
        (HOP.format("some day"), NOW, "nothing in the message says"),
        ("Date: Sun, 01 Nov 2026 11:59:02 +0000\n", ARRIVED, "its Date header"),
        ("Subject: x\n", NOW, "nothing in the message says"),
        (
            HOP.format("Sun, 01 Nov 2026 11:59:02 +0000") + SIGNED.format(int(ARRIVED.timestamp()) + 200),
            ARRIVED,
            "when mx.rcpt.test accepted it",
        ),
        (
            HOP.format("Sun, 01 Nov 2026 11:59:02 +0000") + SIGNED.format(int(ARRIVED.timestamp()) + 7200),
            ARRIVED + timedelta(hours=2),
            "when it was signed",
        ),
        (
            HOP.format("Sun, 01 Nov 2026 11:59:02 +0000") + SIGNED.format(int(NOW.timestamp()) + 7200),
            ARRIVED,
            "when mx.rcpt.test accepted it",
        ),
    ],
)
def test_the_moment_of_arrival_is_bounded(head: str, moment: datetime, words: str) -> None:
    message = read(f"{head}From: a@acme.example\n\nx\n".encode())
    found = moment_of(message, find_border(message), "arrival", NOW)
    assert found.time == moment
    assert words in found.origin


def test_the_moment_may_be_given() -> None:
    message = read(b"From: a@acme.example\n\nx\n")
    border = find_border(message)
    assert moment_of(message, border, "now", NOW).time == NOW
    given = moment_of(message, border, ARRIVED, NOW)
    assert (given.time, given.origin) == (ARRIVED, "as given")


GONE = pytest.mark.parametrize(
    "key",
    [None, "v=DKIM1; k=rsa; p=", "v=DKIM1; k=rsa; p=" + public("weak")],
    ids=["removed", "revoked", "replaced"],
)


@GONE
async def test_a_key_that_is_gone_leaves_it_open_where_the_border_saw_it_pass(key: str | None) -> None:
    facts = await collect(deliver(sign(compose()), results=PASSES[1:]), zone(key=key))
    (verdict,) = facts.dkim
    assert (verdict.result, verdict.code) == ("neutral", "key-replaced")
    assert "verified it on arrival" in verdict.reason
    (compared,) = (m for m in facts.authentication_results[0].methods if m.method == "dkim")
    assert compared.agrees is None


@GONE
async def test_without_the_borders_word_it_is_a_failure(key: str | None) -> None:
    for results in ((), ("dkim=fail header.d=acme.example header.s=s1",)):
        facts = await collect(deliver(sign(compose()), results=results), zone(key=key))
        assert facts.dkim[0].code in ("no-key", "key-revoked", "short-key", "signature")
        assert facts.dkim[0].result != "neutral"


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (b"\r\nAlice\r\n", b"\r\nAlice\r\n" + FOOTER, "appended"),
        (b"Subject: Your order", b"Subject: [EXT] Your order", "subject-changed"),
    ],
)
async def test_a_copy_that_was_changed_since_is_open(old: bytes, new: bytes, cause: str) -> None:
    raw = sign(compose()).replace(old, new)
    results = ("spf=pass smtp.mailfrom=bounce@esp.test", *PASSES[1:])
    facts = await collect(
        deliver(raw, ip="198.51.100.20", mail_from="bounce@esp.test", results=results), zone()
    )
    (verdict,) = facts.dkim
    assert (verdict.result, verdict.code, verdict.cause) == ("neutral", "changed-since", cause)
    assert verdict.reason == "mx.rcpt.test verified it on arrival, but this copy was changed since"
    assert facts.dmarc is not None
    assert facts.dmarc.result == "temperror"
    assert "the message was changed since it arrived" in facts.dmarc.reason
    (compared,) = (m for m in facts.authentication_results[0].methods if m.method == "dkim")
    assert compared.agrees is None
    failed = await collect(deliver(raw, results=("dkim=fail header.d=acme.example",)), zone())
    assert (failed.dkim[0].result, failed.dkim[0].cause) == ("fail", cause)


async def test_a_chain_that_the_border_saw_hold_is_open_on_a_changed_copy() -> None:
    raw = seal(sign(compose())) + FOOTER
    facts = await collect(deliver(raw, results=("arc=pass",)), zone())
    assert facts.arc is not None
    assert (facts.arc.result, facts.arc.code) == ("neutral", "changed-since")
    unseen = await collect(deliver(raw, results=()), zone())
    assert unseen.arc is not None
    assert unseen.arc.result == "fail"


async def test_a_chain_that_the_border_saw_hold_is_open_without_its_key() -> None:
    raw = deliver(seal(sign(compose())), results=("arc=pass",))
    facts = await collect(raw, "")
    assert facts.arc is not None
    assert (facts.arc.result, facts.arc.code) == ("neutral", "key-replaced")
    unseen = await collect(deliver(seal(sign(compose())), results=()), "")
    assert unseen.arc is not None
    assert unseen.arc.result == "fail"


@pytest.mark.parametrize("below", [False, True])
async def test_results_where_a_sender_can_write_them_excuse_nothing(*, below: bool) -> None:
    """A signature replayed with another body, and forged results in the receiver's name."""
    results = f"Authentication-Results: mx.rcpt.test; {'; '.join(PASSES)}\r\n"
    changed = sign(compose()) + FOOTER
    raw = deliver(changed, results=(), below=results) if below else deliver(changed)
    facts = await collect(raw.replace(b"by mx.rcpt.test", b"by mx.rcpt.test (Postfix)"), zone())
    assert facts.dkim[0].code == ("body-hash" if below else "changed-since")
    (method,) = (m for m in facts.authentication_results[0].methods if m.method == "dkim")
    assert ("or a sender wrote this header" in method.note) == below
