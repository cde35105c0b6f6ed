"""Queries to authoritative servers: without recursion, and with the AA bit reported (RFC 1035)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Self

import dns.rcode
import dns.rdatatype
from msgspec import Struct

from mailproof.dns.answer import Answer
from mailproof.dns.live.channel import Channel, Options
from mailproof.dns.live.errand import Errand
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import parse_nameserver
from mailproof.dns.live.packet import AA, Reply, encode_name, name_text, question_of
from mailproof.dns.live.runtime import Runtime
from mailproof.dns.live.state import ServerState
from mailproof.dns.rate import Pace
from mailproof.dns.text import normalize
from mailproof.model import Status
from mailproof.printable import host_port

#: Maps a server's address to where to send the query: ``address:port`` or ``[v6]:port``.
Route = Callable[[str], str]
_TRIES = 2


class DirectAnswer(Struct, frozen=True):
    """One server's answer. ``authoritative``: the AA bit. ``referral``: it named other servers instead.

    ``reached`` is False if the server could not be reached: no route, or nothing listens there.
    ``delegation``: the name servers in a referral whose owner is the queried name itself.
    """

    answer: Answer
    authoritative: bool = False
    referral: bool = False
    reached: bool = True
    delegation: tuple[str, ...] = ()


class DirectAsker:
    """Queries servers by address, each over its own sockets. Close with ``aclose``.

    ``timeout`` is for one attempt, in seconds; there are at most two. ``route`` redirects queries. With a
    ``pace``, each query waits for its turn.
    """

    def __init__(
        self, timeout: float = 2.0, route: Route | None = None, at_once: int = 40, pace: Pace | None = None
    ) -> None:
        self.timeout = timeout
        self._route, self._pace = route, pace
        self._at_once = at_once
        self._runtimes: dict[str, Runtime] = {}
        self._slots = asyncio.Semaphore(at_once)

    async def ask(self, address: str, name: str, rrtype: str) -> DirectAnswer:
        """Query the server at ``address`` (an IP address). Its failures are in the answer, never raised."""
        question_name, rdtype = normalize(name), dns.rdatatype.from_text(rrtype)
        wire = encode_name(name)
        if wire is None:
            return DirectAnswer(Answer(question_name, rrtype, "nxdomain", server=address))
        started = time.monotonic()
        async with self._slots:
            channel = self._channel(address)
            reply: Reply | Miss = Miss("timeout", "")
            for attempt in range(_TRIES):
                if self._pace is not None:
                    await self._pace.turn()
                errand = Errand.within(self.timeout)
                errand.small = attempt > 0
                reply = await channel.ask(question_of(wire, rdtype), self.timeout, errand)
                if not isinstance(reply, Miss) or reply.kind != "timeout":
                    break
        elapsed = (time.monotonic() - started) * 1000
        if isinstance(reply, Miss):
            failed: Status = "servfail" if reply.kind == "garbage" else "timeout"
            answer = Answer(
                question_name, rrtype, failed, (), 0, "unknown", (), address, elapsed, reply.reason
            )
            return DirectAnswer(answer, reached=reply.kind != "no-way")
        chain = tuple(map(name_text, reply.chain))
        status, reason = reply.status, ""
        records = reply.records if status == "ok" else ()
        if status in ("servfail", "refused"):
            reason = f"{address} answered {dns.rcode.to_text(dns.rcode.Rcode(reply.rcode))}"
        answer = Answer(
            question_name, rrtype, status, records, reply.ttl or 0, "unknown", chain, address, elapsed, reason
        )
        servers = tuple(sorted(map(name_text, reply.delegation)))
        return DirectAnswer(answer, bool(reply.flags & AA), reply.referral, delegation=servers)

    def _channel(self, address: str) -> Channel:
        runtime = self._runtimes.get(address)
        if runtime is None:
            text = self._route(address) if self._route else host_port(address, 53)
            states = (ServerState(parse_nameserver(text)),)
            runtime = Runtime(states, Options(recursion=False), self._at_once, _TRIES)
            self._runtimes[address] = runtime
        (channel,) = runtime.channels.values()
        return channel

    async def aclose(self) -> None:
        """Close all sockets."""
        runtimes, self._runtimes = tuple(self._runtimes.values()), {}
        await asyncio.gather(*(runtime.aclose() for runtime in runtimes))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
