"""Whether a domain exists and is served: SOA and NS (RFC 1034 section 4.2)."""

from __future__ import annotations

import asyncio

from mailproof.dns import Resolver
from mailproof.model import Lookup


async def collect_zone(domain: str, resolver: Resolver) -> tuple[Lookup, Lookup]:
    """The look-ups of the domain's SOA and NS (``domain`` in A-labels).

    Where the name exists and has no SOA of its own it may be a plain name of its parent's zone: the SOA of
    each parent but the top-level domain is then asked for too, so that the run's look-ups tell.
    """
    soa, ns = await asyncio.gather(resolver.query(domain, "SOA"), resolver.query(domain, "NS"))
    if soa.status == "nodata":
        labels = domain.split(".")
        parents = (".".join(labels[i:]) for i in range(1, min(len(labels) - 1, 8)))
        await asyncio.gather(*(resolver.query(name, "SOA") for name in parents))
    return soa.as_lookup(), ns.as_lookup()
