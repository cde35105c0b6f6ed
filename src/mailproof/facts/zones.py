"""Which zone a name is in (RFC 1034 section 4.2), told by the SOA records above it."""

from __future__ import annotations

import asyncio

from mailproof.dns import Answer, Resolver

#: How many names above one are asked about; no mail name has more.
MAX_LEVELS = 8


def ancestors(name: str) -> tuple[str, ...]:
    """The name and those above it, nearest first, without the top-level domain."""
    labels = name.split(".")
    return tuple(".".join(labels[i:]) for i in range(max(len(labels) - 1, 1)))[-MAX_LEVELS:]


async def zone_of(name: str, resolver: Resolver) -> tuple[str, Answer | None]:
    """The zone that a name is in: the nearest name with an SOA record of its own. All are asked at once.

    Empty, with the first look-up that failed (None where all say that there is none), where it is unknown.
    """
    answers = await asyncio.gather(*(resolver.query(each, "SOA") for each in ancestors(name)))
    for answer in answers:
        if answer.undetermined:
            # A zone that is bogus or whose servers fail hides whether there is a cut here.
            return "", answer
        if answer.found and not answer.chain:
            return answer.name, None
    return "", None
