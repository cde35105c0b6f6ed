"""A list that adds a footer and an ARC seal: where the change happened, and the remedy."""

from __future__ import annotations

from datetime import UTC, datetime

from mailproof.model import Finding
from tests.rules.message_parts import FOOTER, FORWARDER_IP, compose, deliver, seal, sign, zone
from tests.support.engine import verify_async
from tests.support.resolvers import zone as resolver

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LISTED = b"List-Post: <mailto:talk@list.test>\r\n"


async def changed(raw: bytes) -> Finding:
    report = await verify_async(raw, resolver=resolver(zone()), now=NOW)
    (finding,) = (each for each in report.findings if each.rule == "AUTH007")
    return finding


def from_list(message: bytes) -> bytes:
    return deliver(message, ip=FORWARDER_IP, host="lists.list.test", mail_from="b@list.test", results=())


async def test_the_seal_over_the_changed_body_shows_that_it_was_not_the_receiver() -> None:
    finding = await changed(from_list(seal(sign(compose()) + b"list footer\r\n")))
    assert "(at lists.list.test, before mx.rcpt.test accepted it)" in finding.message


async def test_without_a_seal_the_client_may_have_changed_it_too() -> None:
    finding = await changed(from_list(sign(compose()) + FOOTER))
    assert "(at one of lists.list.test, mx.rcpt.test)" in finding.message


async def test_what_a_list_added_is_not_for_the_sender_to_fix() -> None:
    by_list = await changed(from_list(LISTED + sign(compose()) + FOOTER))
    assert by_list.fix is not None
    assert by_list.fix.summary.startswith(
        "If the list or forwarder added it: it has to leave signed mail as it is"
    )
    own = await changed(deliver(sign(compose()) + FOOTER, results=()))
    assert own.fix is not None
    assert own.fix.summary.startswith("Sign after the program that adds the text")


async def test_a_list_that_sets_from_to_its_own_proven_address_has_done_what_it_can() -> None:
    raw = (sign(compose()) + FOOTER).replace(b"alice@acme.example", b"talk@list.test")
    finding = await changed(from_list(LISTED + raw))
    assert finding.fix is not None
    assert finding.fix.summary.startswith("Nothing to fix where a list changed the message")
