"""Audits the recipient's domain for reasons why a message did not arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from msgspec import Struct

from mailproof.checks import registry
from mailproof.engine.judge import judge_domain
from mailproof.engine.session import Work
from mailproof.facts.domain import DomainOptions, collect_domain, collectors_of
from mailproof.facts.transport_options import TransportOptions
from mailproof.model import (
    DeliveryFacts,
    DomainFacts,
    Fix,
    Outcome,
    RecipientFacts,
    RecipientSideFacts,
)
from mailproof.records.mailboxes import address_domain
from mailproof.structs import replace

#: The rules whose findings may explain why mail to a domain does not arrive.
EXPLAINING = (
    *("DOM001", "MX001", "MX005", "MX007", "MX008", "MX018", "MX019"),
    *("DNS001", "DNS002", "TLS001", "TLS002", "TLS003", "TLS007", "TLS009", "TLS011", "TLS012", "TLS014"),
    *("DANE002", "DANE006", "DANE008", "STS010", "STS011"),
)
#: Facts that other rules of their topics need.
_NOT_NEEDED = {"dkim", "dkim_discovery", "misplaced", "blocklists", "bimi"}
#: Recipient domains that are audited.
MOST_SIDES = 5


class Sides(Struct, frozen=True):
    """The recipients, each with the facts of its domain, and the facts and outcomes of all these domains."""

    recipients: tuple[RecipientFacts, ...]
    domains: tuple[DomainFacts, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


async def collect_sides(
    recipients: Sequence[RecipientFacts], work: Work, transport: TransportOptions | None
) -> Sides:
    """Audit the domains of the recipients that their message did not reach; see ``DomainOptions``."""
    lost = [address_domain(each.delivery.recipient) for each in recipients if _missing(each.delivery)]
    names = tuple(dict.fromkeys(filter(None, lost)))[:MOST_SIDES]
    if not names or work.stop.stopped:
        return Sides(tuple(recipients))
    checks = tuple(registry.check(rule) for rule in registry.ids() if rule in EXPLAINING)
    fields = frozenset[str]().union(*(check.needs for check in checks))
    asked = DomainOptions(
        collectors=collectors_of(fields - _NOT_NEEDED),
        misplaced=(),
        discover=False,
        transport=transport,
        now=work.started,
    )
    found = await asyncio.gather(*(collect_domain(name, work.resolver, asked, work.stop) for name in names))
    by_name = {facts.domain: facts for facts in found}
    return Sides(
        tuple(_with_side(each, by_name) for each in recipients),
        tuple(found),
        tuple(_in_words(each) for facts in found for each in judge_domain(facts, checks)),
    )


def _missing(delivery: DeliveryFacts) -> bool:
    """Whether the recipient or the message was refused after signing in, or the message did not arrive."""
    sent, came = delivery.submission, delivery.retrieval
    if came is not None and came.result in ("found", "deadline", "bounced"):
        return came.result != "found"
    failure = sent.failure if sent is not None else None
    return failure is not None and failure.stage in ("rcpt", "data")


def _with_side(recipient: RecipientFacts, found: dict[str, DomainFacts]) -> RecipientFacts:
    delivery = recipient.delivery
    facts = found.get(address_domain(delivery.recipient))
    if facts is None or not _missing(delivery):
        return recipient
    side = RecipientSideFacts(
        domain=facts.domain,
        null_mx=any(host.host == "." for host in facts.mx),
        put_off=tuple(dict.fromkeys(_put_off(delivery, facts))),
    )
    return replace(recipient, delivery=replace(delivery, recipient_side=side))


def _put_off(delivery: DeliveryFacts, facts: DomainFacts) -> Iterator[str]:
    """Temporary refusals: by a mail host that we submitted to, in a delay notice, and in the relay test."""
    sent = delivery.submission
    if sent is not None and sent.host in (host.host for host in facts.mx):
        stages = (*sent.deferrals, *(stage for stage in sent.stages if stage.kind == "deferred"))
        yield from (" ".join(f"{sent.host}: {each.reply}".split()) for each in stages if each.code)
    bounce = delivery.retrieval.bounce if delivery.retrieval is not None else None
    if bounce is not None and (bounce.action == "delayed" or bounce.status.startswith("4")):
        who = bounce.remote_mta or bounce.reporting_mta or "a server on the way"
        yield " ".join(f"{who}: {bounce.diagnostic or bounce.status}".split())
    connections = facts.transport.connections if facts.transport is not None else ()
    yield from (
        f"{each.place}: {each.code} {each.greeting}" for each in connections if 400 <= each.code < 500
    )
    yield from (f"{each.place}: {each.relay_reply}" for each in connections if each.relay == "deferred")


def _in_words(outcome: Outcome) -> Outcome:
    """The outcome with fixes in words: only the other domain's owner can publish records there."""
    who = f"The administrators of {outcome.subject} have to act"
    return outcome.mapped(
        lambda f: replace(f, fix=Fix(f"{who}: {f.fix.summary}") if f.fix is not None else None)
    )
