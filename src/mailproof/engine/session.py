"""The state shared by all domains and messages of one run, and the state of each."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.cache import RunCache
from mailproof.engine.arguments import is_live
from mailproof.facts.stop import Stop, StoppableResolver
from mailproof.policy import Policy

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.facts.transport_options import TransportOptions

A = TypeVar("A")
B = TypeVar("B")
#: Domains audited concurrently.
AT_ONCE = 16
NO_POLICY = Policy()


class Session:
    """One run: its resolver, configuration, clock, policy and stop signal.

    ``resolver`` None means a resolver for the system's name servers, closed with the session. ``now`` is the
    time as of which things are checked (None: the present); ``stop`` ends the whole run, and ``limit`` is the
    time limit in seconds of each domain or message. Answers are cached across all of them.
    """

    def __init__(
        self,
        resolver: Resolver | None = None,
        config: Config | None = None,
        *,
        now: datetime | None = None,
        stop: Stop | None = None,
        limit: float | None = None,
        policy: Policy = NO_POLICY,
    ) -> None:
        self.config, self.now, self.limit = config, now, limit
        self.policy = policy
        self.stop = stop or Stop()
        self._own = None
        if resolver is None:
            from mailproof.dns.live import LiveResolver

            self._own = resolver = LiveResolver()
        self.resolver = RunCache(resolver)

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.resolver.abandon()
        if self._own is not None:
            await self._own.aclose()

    def selectors_of(self, domain: str) -> tuple[str, ...]:
        """The DKIM selectors that the configuration names for a domain."""
        return self.config.selectors_of(domain) if self.config is not None else ()

    def connections(self, wanted: bool | None, options: TransportOptions | None) -> TransportOptions | None:
        """The options for connections to hosts; None: make none.

        If ``wanted`` is None, they are made if the answers come from the live DNS.
        """
        from mailproof.facts.transport_options import USUAL

        live = is_live(self.resolver) if wanted is None else wanted
        return (options or USUAL) if live else None

    @asynccontextmanager
    async def work(self, *, to_the_end: bool = False) -> AsyncIterator[Work]:
        """The state for the work on one domain or message.

        With ``to_the_end``, the work continues with what is known once its time is up: pending queries time
        out, and later ones are not sent.
        """
        stop = self.stop.part(self.limit)
        memo = MemoResolver(StoppableResolver(self.resolver, stop) if to_the_end else self.resolver)
        try:
            yield Work(memo, stop, self.now or datetime.now(UTC), time.perf_counter())
        finally:
            await memo.abandon()

    async def in_order(
        self, items: Iterable[A], work: Callable[[A], Coroutine[Any, Any, B]], *, at_once: int = AT_ONCE
    ) -> AsyncGenerator[B, None]:
        """Yield the result of ``work`` for each item, in order; up to ``at_once`` run concurrently."""
        running: deque[asyncio.Task[B]] = deque()
        try:
            for item in items:
                running.append(asyncio.ensure_future(work(item)))
                if len(running) == at_once:
                    yield await running.popleft()
            while running:
                yield await running.popleft()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


class Work(Struct, frozen=True):
    """The work on one domain or message: its answers so far, its stop signal, and its start time."""

    resolver: MemoResolver
    stop: Stop
    started: datetime
    clock: float
