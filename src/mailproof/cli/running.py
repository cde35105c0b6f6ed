"""Runs a command's work in an event loop, so that Ctrl-C shows what was found so far."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop

T = TypeVar("T")


def run(work: Callable[[Stop], Awaitable[T]], *, limit: float | None = None) -> T:
    """Run ``work(stop)``. The first Ctrl-C (or SIGTERM) sets ``stop``; a second one ends the process."""
    from mailproof.facts.stop import Stop

    async def main() -> T:
        stop = Stop(limit)
        loop = asyncio.get_running_loop()

        def interrupted() -> None:
            stop.interrupt()
            loop.remove_signal_handler(signal.SIGINT)

        try:
            loop.add_signal_handler(signal.SIGINT, interrupted)
            loop.add_signal_handler(signal.SIGTERM, interrupted)
        except (NotImplementedError, RuntimeError):  # Windows, or not the main thread
            pass
        return await work(stop)

    return asyncio.run(main())
