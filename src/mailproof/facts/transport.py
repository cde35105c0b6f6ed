"""Connects to the mail hosts of a domain on port 25, concurrently and within bounds.

Nothing is ever sent beyond the envelope of the relay test. If outgoing port 25 is blocked, the report says
so; it is never a fault of the domain.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from msgspec import Struct

from mailproof.dns import Resolver
from mailproof.dns.together import spawn
from mailproof.facts.mx import mail_hosts
from mailproof.facts.transport_options import USUAL, TransportOptions
from mailproof.facts.transport_smtp import Seen, probe_address
from mailproof.facts.transport_versions import VERSIONS, inferred, offers_version
from mailproof.model import ConnectState, MxConnectionFacts, TlsVersionFacts, TransportFacts
from mailproof.records.refusal import refusal
from mailproof.structs import replace

#: Seconds for which the result for a host is reused for other domains of the same run.
REMEMBERED = 120.0
#: After this many timeouts and not one answer, outgoing port 25 is assumed to be blocked.
GIVE_UP = 16
#: An address of a host, and how to connect to it.
_Place = tuple[str, str, TransportOptions]


class TransportResult(Struct, frozen=True):
    """The facts, and for each (host, address) the certificates as sent, in DER."""

    facts: TransportFacts
    chains: tuple[tuple[str, str, tuple[bytes, ...]], ...] = ()


async def collect_transport(
    domain: str,
    resolver: Resolver,
    options: TransportOptions = USUAL,
    *,
    now: datetime | None = None,
) -> TransportResult:
    """Connect to the mail hosts of ``domain`` (A-labels). Never raises for what they do.

    At most 10 hosts and 2 addresses of each, the most preferred first; at most two concurrent connections to
    one host, even if several domains in one event loop share it.
    """
    ends = asyncio.get_running_loop().time() + options.total
    hosts = await mail_hosts(domain, resolver)
    tried, left_out = hosts[: options.max_hosts], tuple(name for name, _ in hosts[options.max_hosts :])
    gates = _LOOPS.setdefault(asyncio.get_running_loop(), _Gates(options))
    places = {
        (host, address, options): first
        for host, addresses in tried
        for address, first in _chosen(addresses, options)
    }
    moment = now or datetime.now(UTC)
    tasks = {place: gates.probe(place, moment, deep=first) for place, first in places.items()}
    if tasks:
        left = max(ends - asyncio.get_running_loop().time(), 0)
        await asyncio.wait(tasks.values(), timeout=left)
    seen = [gates.result_so_far(place) or _result(place, task) for place, task in tasks.items()]
    connections = tuple(each.facts for each in seen)
    chains = tuple((each.facts.host, each.facts.address, each.chain) for each in seen if each.chain)
    return TransportResult(TransportFacts(True, "", connections, left_out), chains)


def _chosen(addresses: Iterable[str], options: TransportOptions) -> tuple[tuple[str, bool], ...]:
    """Addresses up to the limit, of both families if possible; each with whether it is the host's first."""
    unique = sorted(set(addresses))  # name servers rotate the order
    four = [each for each in unique if ":" not in each]
    six = [each for each in unique if ":" in each]
    share = max(options.max_addresses - min(len(six), options.max_addresses // 2), 1)
    picked = [*four[:share], *six][: options.max_addresses]
    return tuple((address, number == 0) for number, address in enumerate(picked))


def _result(place: _Place, task: asyncio.Task[Seen]) -> Seen:
    host, address, options = place
    why = f"not finished within {options.total:g} s"
    if task.done() and not task.cancelled():
        if (error := task.exception()) is None:
            return task.result()
        why = f"{type(error).__name__}: {error}"
    return Seen(MxConnectionFacts(host, address, options.port, "skipped", why))


class _Gates:
    """State shared by the connections of one event loop: their bounds, and the results so far."""

    def __init__(self, options: TransportOptions) -> None:
        self._all = asyncio.Semaphore(options.at_once)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._unfinished: dict[_Place, Seen] = {}
        self._silent = self._heard = 0
        self._mute: dict[str, tuple[float, ConnectState, str]] = {}
        self._seen: dict[_Place, tuple[float, asyncio.Task[Seen]]] = {}

    def probe(self, place: _Place, now: datetime, *, deep: bool) -> asyncio.Task[Seen]:
        """The task that probes an address, shared by all callers within two minutes."""
        made, task = self._seen.get(place, (0.0, None))
        if task is None or time.monotonic() - made > REMEMBERED or task.cancelled():
            task = spawn(self._probe(place, now, deep=deep))
            self._seen[place] = (time.monotonic(), task)
        return task

    def result_so_far(self, place: _Place) -> Seen | None:
        """The result so far for an address whose TLS versions are still being tried."""
        return self._unfinished.get(place)

    async def _probe(self, place: _Place, now: datetime, *, deep: bool) -> Seen:
        host, address, options = place
        if kind := refusal(address, options.allowed):
            why = f"{address} is not public: {kind}; --allow-address permits connections"
            return Seen(MxConnectionFacts(host, address, options.port, "skipped", why))
        async with self._slot(place):
            if self._heard == 0 and self._silent >= GIVE_UP:
                why = f"not tried: none of the {self._silent} addresses tried before answered on this port"
                return Seen(MxConnectionFacts(host, address, options.port, "timeout", why))
            since, state, why = self._mute.get(address, (-REMEMBERED, "silent", ""))
            if time.monotonic() - since < REMEMBERED:  # known under another name: don't wait again
                return Seen(MxConnectionFacts(host, address, options.port, state, why))
            seen = await probe_address(host, address, options, now)
        facts = seen.facts
        if facts.state in ("timeout", "silent"):
            self._mute[address] = (time.monotonic(), facts.state, facts.reason)
        if facts.state == "timeout":
            self._silent += 1
        elif facts.state not in ("unreachable", "skipped"):
            self._heard += 1
        if not deep or not facts.starttls or (facts.tls is None and not facts.starttls_problem):
            return seen
        agreed = facts.tls.version if facts.tls is not None else ""
        known = tuple(TlsVersionFacts(version, inferred(version, agreed)) for version in VERSIONS)
        waiting = tuple(
            replace(each, reason="not tried in time") if each.offered is None else each for each in known
        )
        self._unfinished[place] = Seen(replace(facts, versions=waiting), seen.chain)

        async def ask(each: TlsVersionFacts) -> TlsVersionFacts:
            if each.offered is not None:  # no connection needed
                return each
            async with self._slot(place):
                return await offers_version(host, address, each.version, options)

        versions = await asyncio.gather(*map(ask, known))
        del self._unfinished[place]
        return Seen(replace(facts, versions=tuple(versions)), seen.chain)

    @asynccontextmanager
    async def _slot(self, place: _Place) -> AsyncIterator[None]:
        """A connection's slot; always acquired in this order, to avoid deadlocks."""
        host, address, options = place
        async with self._gate(host, options), self._gate(address, options), self._all:
            yield

    def _gate(self, name: str, options: TransportOptions) -> asyncio.Semaphore:
        return self._hosts.setdefault(name, asyncio.Semaphore(options.per_host))


_LOOPS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Gates] = WeakKeyDictionary()
