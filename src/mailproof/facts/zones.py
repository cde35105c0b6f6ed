"""What SOA records show: whether a domain exists, which zone a name is in, which similar names exist."""

from __future__ import annotations

from mailproof.dns import Answer, Resolver
from mailproof.dns.memo import ask
from mailproof.dns.text import upward
from mailproof.model import Lookup
from mailproof.names import is_within
from mailproof.records.near_names import known_near, slips_undone

#: Names looked up at and above a name; no mail name has more.
MAX_LEVELS = 8
MAX_NEAR = 5


def ancestors(name: str) -> tuple[str, ...]:
    """The name and those above it, nearest first, without the top-level domain."""
    names = tuple(upward(name))
    return (names[:-1] or names)[-MAX_LEVELS:]


def zone_in(answer: Answer, name: str) -> str:
    """The zone of a name, from a negative answer for it or a name below it; empty if it does not show it."""
    within = answer.absent and not answer.chain and is_within(name, answer.zone)
    return answer.zone if within else ""


async def zone_of(name: str, resolver: Resolver) -> tuple[str, Answer | None]:
    """The zone that a name is in: the nearest name with an SOA record of its own.

    The answer for the name itself shows it, if the resolver passes that on; else all names above it are
    looked up concurrently. Empty if unknown, with the first failed lookup (None if no name has an SOA).
    """
    first = await resolver.query(name, "SOA")
    if zone := zone_in(first, name):
        return zone, None
    above = () if first.found or first.undetermined else ancestors(name)[1:]
    answers = await ask(resolver, *((each, "SOA") for each in above))
    for answer in (first, *answers):
        if answer.undetermined:
            # If the zone is bogus or its servers fail, we don't know whether there is a zone cut here.
            return "", answer
        if answer.found and not answer.chain:
            return answer.name, None
    return "", None


async def collect_zone(domain: str, resolver: Resolver) -> tuple[Lookup, Lookup]:
    """The lookups of the domain's SOA and NS (``domain`` in A-labels).

    If the name exists without an SOA of its own, it may be an ordinary name in its parent's zone: the SOA of
    each parent except the top-level domain is then looked up, too, so that the run's lookups show it.
    """
    soa, ns = await ask(resolver, (domain, "SOA"), (domain, "NS"))
    if soa.status == "nodata":
        await ask(resolver, *((name, "SOA") for name in ancestors(domain)[1:]))
    return soa.lookup, ns.lookup


async def collect_near_names(domain: str, resolver: Resolver) -> tuple[str, ...]:
    """At most 5 names that may have been meant (``domain`` in A-labels); none if the domain exists.

    A well-known name is included unless it certainly does not exist, any other only if it certainly exists.
    """
    if (await resolver.query(domain, "SOA")).status != "nxdomain":
        return ()
    above, known, slips = ancestors(domain)[1:], known_near(domain), slips_undone(domain)
    answers = await ask(resolver, *((name, "SOA") for name in (*above, *known, *slips)))
    found = [
        answer.name for answer in answers if answer.exists or (answer.name in known and not answer.absent)
    ]
    return tuple(dict.fromkeys(found))[:MAX_NEAR]
