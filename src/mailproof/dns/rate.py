"""A rate limit on queries, to a live resolver and to the name servers of domains."""

from __future__ import annotations

import asyncio
from typing import Protocol

from mailproof.dns.answer import Answer, Ask, GuessingResolver

#: Unused turns of the last so many seconds may be used in a burst.
_BURST_S = 0.2


class Trying(GuessingResolver, Protocol):
    """A resolver that sends an unanswered query ``attempts`` times, such as LiveResolver."""

    attempts: int


class Pace:
    """Hands out turns, ``rate`` per second."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a turn."""
        now = asyncio.get_running_loop().time()
        turn = self._next = max(self._next + self._gap, now - _BURST_S)
        if turn > now:
            await asyncio.sleep(turn - now)

    def used(self, number: int) -> None:
        """Count ``number`` turns used without waiting."""
        self._next += self._gap * number


class RateResolver:
    """Wraps a live resolver: each query waits for a turn.

    It belongs below the run's cache, so that cached and shared answers take no turn.
    """

    taskless = True

    def __init__(self, inner: Trying, pace: Pace) -> None:
        self.inner = inner
        self._pace = pace

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return await self._in_turn(self.inner.query, name, rrtype)

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver."""
        return await self._in_turn(self.inner.guess, name, rrtype)

    async def _in_turn(self, ask: Ask, name: str, rrtype: str) -> Answer:
        await self._pace.turn()
        answer = await ask(name, rrtype)
        if answer.status == "timeout":  # it was retried
            self._pace.used(self.inner.attempts - 1)
        return answer
