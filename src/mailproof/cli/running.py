"""Run a command's work in an event loop, so that Ctrl-C shows the results so far."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from mailproof.cli.interrupts import Listening
from mailproof.cli.streams import NO_FILES, complain, is_out_of_files
from mailproof.errors import Interrupted
from mailproof.facts.stop import Stop

T = TypeVar("T")
#: Like asyncio's default: the system's resolver runs in these threads.
THREADS = 8

#: Modules that dnspython imports when it parses the first answers.
_RECORDS = tuple(f"dns.rdtypes.{each}" for each in ("ANY.SOA", "ANY.NS", "ANY.MX", "ANY.TXT", "IN.A"))


def run(work: Callable[[Stop], Awaitable[T]]) -> T:
    """Run ``work(stop)``. The first Ctrl-C (or SIGTERM) sets ``stop``; a later one ends the process."""
    stop, faults = Stop(), _Faults()

    async def main() -> T:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(_Threads(stop))
        loop.set_exception_handler(faults)
        # Only this wakes up the loop from a signal handler.
        with Listening(lambda: loop.call_soon_threadsafe(stop.interrupt)):
            return await work(stop)

    result = asyncio.run(main())
    faults.report()
    return result


def run_whole(work: Callable[[Stop], Awaitable[T]]) -> T:
    """As ``run``, but raises Interrupted after a signal, as the result is then incomplete."""

    async def main(stop: Stop) -> tuple[T, bool]:
        return await work(stop), stop.interrupted

    result, interrupted = run(main)
    if interrupted:
        raise Interrupted("interrupted")
    return result


def import_idly(names: Iterable[str]) -> None:
    """Import modules while waiting for responses, those for records first, one per iteration of the loop.

    A thread would hold the interpreter for 5 ms at a time when responses arrive.
    """
    loop, left = asyncio.get_running_loop(), iter((*_RECORDS, *names))

    def one() -> None:
        for name in left:
            if name not in sys.modules:
                with suppress(OSError):  # a failure is reported where the module is needed
                    importlib.import_module(name)
                loop.call_soon(one)
                return

    loop.call_soon(one)


class _Faults:
    """Collects errors in the background, for each of which asyncio would print a traceback."""

    def __init__(self) -> None:
        self._words: dict[str, None] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if os.environ.get("MAILPROOF_DEBUG"):
            loop.default_exception_handler(context)
            return
        error = context.get("exception")
        words = NO_FILES if is_out_of_files(error) else f"internal: {error or context.get('message', '')}"
        self._words[words] = None

    def report(self) -> None:
        """Print one line for each kind, once everything is closed: even that may need to open a file."""
        for words in (NO_FILES,) if NO_FILES in self._words else self._words:
            complain(words)


class _Threads(ThreadPoolExecutor):
    """Threads that are not waited for after an interruption, as a thread cannot be stopped."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(THREADS, thread_name_prefix="mailproof")
        self._stop = stop

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        cut = self._stop.stopped
        super().shutdown(wait and not cut, cancel_futures=cancel_futures or cut)
