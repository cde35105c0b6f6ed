"""The recipient's side of a message that did not arrive, from zones and scripted servers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.dns import MemoResolver, Resolver, ZoneResolver
from mailproof.engine.recipient_side import MOST_SIDES, Sides, collect_sides
from mailproof.engine.session import Work
from mailproof.facts.stop import Stop
from mailproof.facts.transport_options import TransportOptions
from mailproof.model import (
    BounceFacts,
    DeliveryFacts,
    RecipientFacts,
    RetrievalFacts,
    SmtpSubmission,
    SubmissionStage,
)
from mailproof.structs import replace
from tests.support.mail_servers import Peer, talking
from tests.support.resolvers import FailingResolver

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ZONE = """
$ORIGIN b.example.
@ 60 IN SOA ns.b.example. root.b.example. 1 60 60 60 60
@ 60 IN NS ns.b.example.
@ 60 IN MX 10 mx.b.example.
mx 60 IN A 192.0.2.25
ns 60 IN A 192.0.2.53
"""
ACCEPTED = SmtpSubmission("smtp.acme.example", 587, accepted=True)


def lost(recipient: str = "x@b.example", result: str = "deadline", **more: object) -> RecipientFacts:
    came = RetrievalFacts("imap", "imap.b.example:993", result, **more)  # type: ignore[arg-type]
    delivery = DeliveryFacts("p", "a@acme.example", recipient, "a@acme.example", "mp-1", "<m@a>")
    return RecipientFacts("b", replace(delivery, submission=ACCEPTED, retrieval=came))


async def look(
    *recipients: RecipientFacts, zone: str = ZONE, resolver: Resolver | None = None, port: int = 0
) -> Sides:
    resolver = resolver or ZoneResolver.from_text(zone, origin="b.example")
    transport = TransportOptions(route=lambda address, _: ("127.0.0.1", port), allowed=("192.0.2.0/24",))
    work = Work(MemoResolver(resolver), Stop(), NOW, 0.0)
    return await collect_sides(recipients, work, transport if port else None)


def failed(sides: Sides) -> dict[str, str]:
    return {finding.rule: finding.subject for outcome in sides.outcomes for finding in outcome.findings}


async def test_a_message_that_arrived_is_no_reason_to_look() -> None:
    found = lost(result="found")
    sides = await look(found)
    assert sides == Sides((found,))


async def test_null_mx() -> None:
    sides = await look(lost(), zone=ZONE.replace("10 mx.b.example.", "0 ."))
    side = sides.recipients[0].delivery.recipient_side
    assert side is not None
    assert (side.domain, side.null_mx) == ("b.example", True)


async def test_host_without_address_is_a_finding_of_the_recipients_domain() -> None:
    sides = await look(lost(), zone=ZONE.replace("mx 60 IN A 192.0.2.25", ""))
    assert failed(sides)["MX005"] == "b.example"
    for outcome in sides.outcomes:
        for finding in outcome.findings:
            assert finding.fix is None or not finding.fix.records, "another's zone"


async def test_no_answer_on_port_25() -> None:
    sides = await look(lost(), port=1)
    assert failed(sides)["TLS001"] == "b.example"


async def test_temporary_refusals_are_signs_of_greylisting() -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("421 4.7.0 try again later")

    notice = BounceFacts("delayed", "4.2.0", "smtp; 450 4.2.0 Greylisted", "mx.b.example")
    stage = SubmissionStage("rcpt", False, 451, "4.7.1", "slow down", "deferred")
    deferred = replace(lost().delivery, submission=replace(ACCEPTED, accepted=False, stages=(stage,)))
    async with talking(talk) as port:
        sides = await look(lost(bounce=notice), RecipientFacts("b", deferred), port=port)
    first, second = (each.delivery.recipient_side for each in sides.recipients)
    assert first is not None
    assert second is not None
    assert first.put_off == (
        "mx.b.example: smtp; 450 4.2.0 Greylisted",
        "mx.b.example (192.0.2.25): 421 4.7.0 try again later",
    )
    assert second.put_off == first.put_off[1:], "the submission server is not the recipient's"
    sent = replace(ACCEPTED, host="mx.b.example", accepted=False, stages=(stage,))
    sides = await look(RecipientFacts("b", replace(deferred, submission=sent)), port=1)
    side = sides.recipients[0].delivery.recipient_side
    assert side is not None
    assert side.put_off == ("mx.b.example: 451 4.7.1 slow down",)


async def test_a_dead_zone_is_unknown_and_no_finding() -> None:
    types = ("MX", "A", "AAAA", "TXT", "SOA", "NS")
    inner = ZoneResolver.from_text(ZONE, origin="b.example")
    dead = FailingResolver(inner, {("b.example", rrtype): "servfail" for rrtype in types})
    sides = await look(lost(), resolver=dead)
    assert not failed(sides)
    assert any(each.status == "unknown" for each in sides.outcomes)
    side = sides.recipients[0].delivery.recipient_side
    assert side is not None
    assert not side.null_mx


async def test_not_more_domains_than_the_bound() -> None:
    many = [lost(f"x@b{number}.example") for number in range(MOST_SIDES + 3)]
    sides = await look(*many)
    assert len(sides.domains) == MOST_SIDES
    assert sides.recipients[-1] == many[-1]


@pytest.mark.parametrize("recipient", ["x@", "x@ex ample"])
async def test_an_address_without_a_domain(recipient: str) -> None:
    assert (await look(lost(recipient))).domains == ()


async def test_nothing_is_looked_at_after_the_run_was_stopped() -> None:
    stop = Stop()
    stop.interrupt()
    memo = MemoResolver(ZoneResolver.from_text(ZONE, origin="b.example"))
    sides = await collect_sides([lost()], Work(memo, stop, NOW, 0.0), None)
    assert sides.domains == ()
