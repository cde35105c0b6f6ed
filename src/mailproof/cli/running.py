"""Runs a command's work in an event loop, so that Ctrl-C shows what was found so far."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from mailproof.cli.interrupts import Listening

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop

T = TypeVar("T")
#: As many threads as asyncio would have: the system's resolver and the early imports run in them.
THREADS = 8


def run(work: Callable[[Stop], Awaitable[T]], *, limit: float | None = None) -> T:
    """Run ``work(stop)``. The first Ctrl-C (or SIGTERM) sets ``stop``; one later on ends the process."""
    from mailproof.facts.stop import Stop

    stop = Stop(limit)

    async def main() -> T:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(_Threads(stop))
        # From a signal handler only this wakes the loop up.
        with Listening(lambda: loop.call_soon_threadsafe(stop.interrupt)):
            return await work(stop)

    return asyncio.run(main())


class _Threads(ThreadPoolExecutor):
    """Threads that a run which was cut short does not wait for: none can be told to end."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(THREADS, thread_name_prefix="mailproof")
        self._stop = stop

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """See ThreadPoolExecutor."""
        cut = self._stop.stopped
        super().shutdown(wait and not cut, cancel_futures=cancel_futures or cut)
