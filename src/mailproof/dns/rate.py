"""A resolver that asks no more than so many questions a second."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from mailproof.dns.answer import Answer, Resolver

#: What was not used is saved up for so many seconds.
_BURST_S = 0.2


class RateResolver:
    """Wraps a resolver: questions wait for their turn, ``rate`` of them a second."""

    def __init__(self, inner: Resolver, rate: float) -> None:
        self.inner = inner
        self._gap = 1 / rate
        self._next = 0.0

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        now = time.monotonic()
        turn = self._next = max(self._next + self._gap, now - _BURST_S)
        if turn > now:
            await asyncio.sleep(turn - now)
        return await self.inner.query(name, rrtype)

    def __getattr__(self, name: str) -> Any:
        """Answers at hand, and all else that the wrapped one can do without asking."""
        if name == "guess":  # a guess is a question too
            raise AttributeError(name)
        return getattr(self.inner, name)
