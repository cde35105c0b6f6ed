"""A zone's delegation according to the servers of its parent (RFC 1034 section 4.2.2)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol

from mailproof.dns import Resolver
from mailproof.dns.memo import ask
from mailproof.dns.text import upward
from mailproof.model import DelegationFacts, Lookup
from mailproof.records.refusal import refusal

if TYPE_CHECKING:
    from mailproof.dns.live.direct import DirectAnswer

#: Servers of the parent tried, one at a time, until one answers.
MAX_SERVERS = 3
#: Levels above the zone that may be its parent; no registry is deeper.
MAX_LEVELS = 4


class Asker(Protocol):
    """Queries one server directly; see DirectAsker."""

    async def ask(self, address: str, name: str, rrtype: str) -> DirectAnswer:
        """Send one query to the server at an address."""
        ...


def parent_candidates(zone: str) -> list[str]:
    """The names that may be the zone's parent, the nearest first."""
    return list(islice(upward(zone), 1, 1 + MAX_LEVELS))


def late_delegation(zone: str, limit: float) -> DelegationFacts:
    """The delegation if the parent's servers did not finish in time."""
    why = f"the name servers of the zone above {zone}: no answer within {limit:g} s"
    return DelegationFacts("", "", (), Lookup(zone, "NS", "timeout", reason=why), why)


async def collect_delegation(
    zone: str, resolver: Resolver, asker: Asker, *, allowed: tuple[str, ...] = ()
) -> DelegationFacts | None:
    """The delegation of ``zone`` according to its parent. None if the parent's servers are unknown.

    Non-public addresses are queried only if they are in one of the networks ``allowed``.
    """
    answers = await ask(resolver, *((name, "NS") for name in parent_candidates(zone)))
    parent = next((answer for answer in answers if answer.found and not answer.chain), None)
    if parent is None:
        return None
    last: DelegationFacts | None = None
    for server in parent.lookup.records[:MAX_SERVERS]:
        found = await resolver.query(server, "A")
        address = next(iter(found.lookup.records), "")
        if not address or refusal(address, allowed):
            continue
        reply = await asker.ask(address, zone, "NS")
        lookup = reply.answer.lookup
        if reply.delegation:
            return DelegationFacts(parent.name, address, reply.delegation, lookup)
        reason = "it serves the zone itself" if reply.authoritative else lookup.describe()
        last = DelegationFacts(parent.name, address, (), lookup, reason)
        if reply.authoritative:
            break
    return last
