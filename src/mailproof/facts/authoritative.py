"""Sends the same queries to each authoritative server of a domain's zone (RFC 1034 section 4.2, RFC 2182)."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from mailproof.dns import Answer, Resolver
from mailproof.dns.memo import ask, ask_each
from mailproof.dns.together import spawn, stopped, together
from mailproof.facts.delegation import Asker, collect_delegation, late_delegation, parent_candidates
from mailproof.facts.limits import SERVER_S, SERVERS_S
from mailproof.facts.transport_options import TransportOptions
from mailproof.facts.zones import zone_of
from mailproof.model import AuthorityFacts, Lookup, NameServer, ServerAddress, ServerAnswer
from mailproof.records.refusal import refusal
from mailproof.structs import replace

MAX_SERVERS = 13
MAX_ADDRESSES = 2
#: Queries in flight: silent servers must not hold up the others.
AT_ONCE = 300
NOT_ASKED = "name servers were not queried directly: no connections are made"


async def collect_authority(
    domain: str,
    resolver: Resolver,
    options: TransportOptions | None = None,
    *,
    asker: Asker | None = None,
    limit: float = SERVERS_S,
) -> AuthorityFacts:
    """The name servers of the domain's zone and, with ``options``, the answers of each of them.

    At most 13 servers, and two addresses of each family per server. Non-public addresses are queried only
    if they are in an allowed network. ``asker`` replaces sockets to port 53; ``limit`` is the time limit in
    seconds for all of them together; with a pace, only each query has a time limit.
    """
    # Look up the parent's servers concurrently: in a dead zone, each sequential query adds a timeout.
    parents = parent_candidates(domain) if options is not None else ()
    ns, *_ = await ask(resolver, *((name, "NS") for name in (domain, *parents)))
    zone = domain
    if not ns.found:
        zone = (await zone_of(domain, resolver))[0] or domain
        ns = ns if zone == domain else await resolver.query(zone, "NS")
    names = sorted(set(ns.lookup.records))[:MAX_SERVERS]
    servers = tuple(map(_server, names, await ask_each(resolver, names, "A", "AAAA")))
    if options is None:
        return AuthorityFacts(zone, ns.lookup, servers, False, NOT_ASKED)
    allowed, pace = options.allowed, options.pace
    async with AsyncExitStack() as stack:
        if asker is None:
            from mailproof.dns.live.direct import DirectAsker

            asker = await stack.enter_async_context(DirectAsker(SERVER_S, at_once=AT_ONCE, pace=pace))
        job = spawn(collect_delegation(zone, resolver, asker, allowed=allowed))
        works = [
            [_ask_address(each.address, zone, domain, asker, allowed) for each in server.addresses]
            for server in servers
        ]
        jobs = [spawn(together(*each)) for each in works]
        try:
            await asyncio.wait((job, *jobs), timeout=limit if pace is None else None)
        finally:
            late = [each for each in (job, *jobs) if not each.done()]
            await stopped(*late)
        asked = [
            replace(server, addresses=_unfinished(server, zone, limit) if task in late else task.result())
            for server, task in zip(servers, jobs, strict=True)
        ]
        delegation = late_delegation(zone, limit) if job in late else job.result()
    return AuthorityFacts(zone, ns.lookup, tuple(asked), True, delegation=delegation)


def _unfinished(server: NameServer, zone: str, limit: float) -> tuple[ServerAddress, ...]:
    """The addresses of a server not finished by the limit, which is longer than two timeouts per query."""
    why = f"not all of its answers came within {limit:g} s"
    failed = (Lookup(zone, "SOA", "timeout", server=each.address, reason=why) for each in server.addresses)
    return tuple(ServerAddress(each.server, (ServerAnswer(each),)) for each in failed)


def _server(host: str, found: tuple[Answer, ...]) -> NameServer:
    four, six = [answer.lookup for answer in found]
    texts = (*four.records[:MAX_ADDRESSES], *six.records[:MAX_ADDRESSES])
    return NameServer(host, four, six, tuple(ServerAddress(text) for text in texts))


async def _ask_address(
    address: str, zone: str, domain: str, asker: Asker, allowed: tuple[str, ...]
) -> ServerAddress:
    if kind := refusal(address, allowed):
        return ServerAddress(address, skipped=f"not queried: {kind}")
    questions = dict.fromkeys(
        ((zone, "SOA"), (zone, "NS"), (domain, "MX"), (domain, "TXT"), (f"_dmarc.{domain}", "TXT"))
    )
    answers = await together(*(asker.ask(address, *question) for question in questions))
    return ServerAddress(
        address,
        tuple(
            ServerAnswer(each.answer.lookup, each.authoritative, each.referral, each.reached)
            for each in answers
        ),
    )
