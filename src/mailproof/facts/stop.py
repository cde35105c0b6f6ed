"""Ends a run early (a time limit, Ctrl-C) without losing its results so far."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any
from weakref import WeakSet

from mailproof.dns.answer import Answer, Ask, Known, Resolver, guesser, position
from mailproof.dns.together import Job, Later, apart, landed, stopped, taskless
from mailproof.dns.written import Written

Awaited = Later[Any] | asyncio.Future[Any]


class Stop:
    """A signal to end a run, or a part of it. ``limit`` is its time limit in seconds, from the first wait."""

    def __init__(self, limit: float | None = None) -> None:
        self.limit = limit
        self.reason = ""
        self.interrupted = False
        self._waiting: set[Later[None]] = set()
        self._ends: float | None = None
        self._parts: WeakSet[Stop] = WeakSet()

    def part(self, limit: float | None = None) -> Stop:
        """A stop for one domain or message: it ends with the run, or at its own time limit."""
        part = Stop(limit)
        self._parts.add(part)
        if self.interrupted:
            part.interrupt()
        return part

    def interrupt(self) -> None:
        """End the run now (Ctrl-C). Safe to call from a signal handler of the running loop."""
        self.interrupted = True
        self.reason = "interrupted before this was checked"
        for signal in tuple(self._waiting):
            _end(signal)
        for part in tuple(self._parts):
            part.interrupt()

    @property
    def stopped(self) -> bool:
        """Whether the run was asked to end."""
        return bool(self.reason)

    async def wait_for(self, tasks: Sequence[Awaited]) -> frozenset[Awaited]:
        """Wait until all are done or the run must end; then cancel, await and return the unfinished ones."""
        loop = asyncio.get_running_loop()
        if self.limit is not None and self._ends is None:
            self._ends = loop.time() + self.limit
        pending = [task for task in tasks if not task.done()]
        if not pending:
            return frozenset()
        over: Later[None] = Later()
        timer = None if self._ends is None else loop.call_at(self._ends, self._time_is_over, over)
        self._waiting.add(over)
        try:
            if not self.interrupted:
                landed(*pending).add_done_callback(lambda _: _end(over))
                await over
        finally:
            self._waiting.discard(over)
            if timer is not None:
                timer.cancel()
            late = frozenset(task for task in pending if not task.done())
            await stopped(*late)
        return late

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine until it is done or the run must end, which cancels it."""
        task = asyncio.ensure_future(work)
        await self.wait_for((task,))
        if not task.cancelled():
            task.result()

    def _time_is_over(self, over: Later[None]) -> None:
        self.reason = self.reason or f"the time limit of {self.limit:g} s was reached"
        _end(over)


def _end(over: Later[None]) -> None:
    if not over.done():
        over.set_result(None)


class StoppableResolver:
    """A resolver whose queries end with the run: those in flight then time out, with the reason.

    Later ones are not sent. For work that is worth finishing with what is known, like the verification
    of a message.
    """

    taskless = True

    def __init__(self, inner: Resolver, stop: Stop) -> None:
        self.inner, self._stop = inner, stop
        self._inner_known: Known | None = getattr(inner, "known", None)

    def known(self, name: str, rrtype: str) -> Answer | None:
        """The answer, if it is already known and the run was not stopped. Sends no query."""
        if self._inner_known is None or self._stop.stopped:
            return None
        return self._inner_known(name, rrtype)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return await self._answer(name, rrtype, self.inner.query)

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver."""
        return await self._answer(name, rrtype, guesser(self.inner))

    async def _answer(self, name: str, rrtype: str, ask: Ask) -> Answer:
        if self._stop.stopped:
            return Answer(name, rrtype, "unasked", reason=self._stop.reason)
        work = ask(name, rrtype)
        task = Job(work if taskless(self.inner) else apart(work))
        if not await self._stop.wait_for((task,)) and not task.cancelled():
            return task.result()
        return Answer(name, rrtype, "timeout", reason=self._stop.reason)

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The position according to ``inner``."""
        return position(self.inner, name, rrtype, text)
