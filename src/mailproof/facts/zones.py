"""What SOA records show: whether a domain exists, which zone a name is in, which names are near."""

from __future__ import annotations

from mailproof.dns import Answer, Resolver
from mailproof.dns.memo import ask
from mailproof.dns.text import upward
from mailproof.model import Lookup
from mailproof.names import is_within
from mailproof.records.near_names import known_near, slips_undone

#: How many names above one are asked about; no mail name has more.
MAX_LEVELS = 8
MAX_NEAR = 5


def ancestors(name: str) -> tuple[str, ...]:
    """The name and those above it, nearest first, without the top-level domain."""
    names = tuple(upward(name))
    return (names[:-1] or names)[-MAX_LEVELS:]


def said_by(answer: Answer, name: str) -> str:
    """The zone of a name, from a negative answer for it or for one below it; empty where it does not say."""
    within = answer.absent and not answer.chain and is_within(name, answer.zone)
    return answer.zone if within else ""


async def zone_of(name: str, resolver: Resolver) -> tuple[str, Answer | None]:
    """The zone that a name is in: the nearest name with an SOA record of its own.

    The answer for the name itself says it, where the resolver passes that on; else all names above it are
    asked at once. Empty, with the first lookup that failed (None where all say that there is none), where it
    is unknown.
    """
    first = await resolver.query(name, "SOA")
    if zone := said_by(first, name):
        return zone, None
    above = () if first.found or first.undetermined else ancestors(name)[1:]
    answers = await ask(resolver, *((each, "SOA") for each in above))
    for answer in (first, *answers):
        if answer.undetermined:
            # A zone that is bogus or whose servers fail hides whether there is a cut here.
            return "", answer
        if answer.found and not answer.chain:
            return answer.name, None
    return "", None


async def collect_zone(domain: str, resolver: Resolver) -> tuple[Lookup, Lookup]:
    """The lookups of the domain's SOA and NS (``domain`` in A-labels).

    Where the name exists and has no SOA of its own it may be a plain name of its parent's zone: the SOA of
    each parent but the top-level domain is then asked for too, so that the run's lookups show it.
    """
    soa, ns = await ask(resolver, (domain, "SOA"), (domain, "NS"))
    if soa.status == "nodata":
        await ask(resolver, *((name, "SOA") for name in ancestors(domain)[1:]))
    return soa.lookup, ns.lookup


async def collect_near_names(domain: str, resolver: Resolver) -> tuple[str, ...]:
    """At most 5 names that may have been meant (``domain`` in A-labels); none where the domain exists.

    A well-known name is named unless it is known not to exist, any other only where it is known to.
    """
    if (await resolver.query(domain, "SOA")).status != "nxdomain":
        return ()
    above, known, slips = ancestors(domain)[1:], known_near(domain), slips_undone(domain)
    answers = await ask(resolver, *((name, "SOA") for name in (*above, *known, *slips)))
    found = [
        answer.name for answer in answers if answer.exists or (answer.name in known and not answer.absent)
    ]
    return tuple(dict.fromkeys(found))[:MAX_NEAR]
