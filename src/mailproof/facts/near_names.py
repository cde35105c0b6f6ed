"""Names near to a domain that does not exist: those above it, well-known ones, slips undone that exist."""

from __future__ import annotations

import asyncio

from mailproof.dns import Answer, Resolver
from mailproof.facts.zones import ancestors
from mailproof.records.near_names import known_near, slips_undone

MAX_NAMES = 5


async def collect_near_names(domain: str, resolver: Resolver) -> tuple[str, ...]:
    """At most 5 names that may have been meant (``domain`` in A-labels); none where the domain exists.

    A well-known name is named unless it is known not to exist, any other only where it is known to.
    """
    if (await resolver.query(domain, "SOA")).status != "nxdomain":
        return ()
    above, known, slips = ancestors(domain)[1:], known_near(domain), slips_undone(domain)
    answers = await asyncio.gather(*(resolver.query(name, "SOA") for name in (*above, *known, *slips)))
    found = [
        answer.name for answer in answers if _exists(answer) or (answer.name in known and not answer.absent)
    ]
    return tuple(dict.fromkeys(found))[:MAX_NAMES]


def _exists(answer: Answer) -> bool:
    return answer.status in ("ok", "nodata")
