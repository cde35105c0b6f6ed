"""One run's resolver: the caller's or the system's, wrapped so that each question is asked once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mailproof.dns import MemoResolver, Resolver
from mailproof.facts.stop import Stop, StoppableResolver


@asynccontextmanager
async def run_resolver(resolver: Resolver | None, stop: Stop | None = None) -> AsyncIterator[MemoResolver]:
    """A memo over ``resolver``, or over the system's name servers, which are then closed at the end.

    With ``stop``, what is not answered when it is set is a time-out.
    """
    own = None
    if resolver is None:
        from mailproof.dns.live import LiveResolver

        own = resolver = LiveResolver()
    memo = MemoResolver(StoppableResolver(resolver, stop) if stop is not None else resolver)
    try:
        yield memo
    finally:
        await memo.abandon()
        if own is not None:
            await own.aclose()
