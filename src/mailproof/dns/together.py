"""Coroutines side by side without tasks: each goes on in the moment in which what it waits for is there.

A ``Later`` is a result on its way. Whoever waits for one in a ``Job`` is gone on with directly, not in the
event loop's next round: a task and a few rounds for each question cost more than the question.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from asyncio import CancelledError
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar, overload

_T = TypeVar("_T")
_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")
_D = TypeVar("_D")
_E = TypeVar("_E")
_Work = Coroutine[Any, Any, _T]


class _Here(threading.local):
    """What is so in this thread: each may run a loop of its own."""

    #: Whether what runs now is a job's coroutine, and no task's.
    in_job = False


_here = _Here()


class Later(Generic[_T]):
    """A result on its way: used as ``asyncio.Future`` is, but its call-backs are called at once."""

    __slots__ = ("__weakref__", "_calls", "_error", "_value")

    def __init__(self) -> None:
        self._calls: list[Callable[[Any], object]] | None = []
        self._error: BaseException | None = None

    def done(self) -> bool:
        """Whether there is a result, or an exception in its place."""
        return self._calls is None

    @property
    def failed(self) -> bool:
        """Whether it was cancelled, or there is an exception in place of the result."""
        return self._error is not None

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return isinstance(self._error, CancelledError)

    def set_result(self, value: _T) -> None:
        """It is there. Those that wait go on before this returns."""
        self._value = value
        self._end()

    def set_exception(self, error: BaseException) -> None:
        """There will be none."""
        self._error = error
        self._end()

    def _end(self) -> None:
        calls, self._calls = self._calls, None
        for call in calls or ():
            call(self)

    def result(self) -> _T:
        """The result; raises the exception in its place."""
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self) -> BaseException | None:
        """The exception in its place; raises CancelledError where it was cancelled."""
        if self.cancelled():
            raise CancelledError
        return self._error

    def cancel(self) -> bool:
        """End it without a result."""
        if self._calls is None:
            return False
        self.set_exception(CancelledError())
        return True

    def add_done_callback(self, call: Callable[[Any], object]) -> None:
        """Call it with this as soon as it is done; now, where it is."""
        if self._calls is None:
            call(self)
        else:
            self._calls.append(call)

    def remove_done_callback(self, call: Callable[[Any], object]) -> None:
        """Do not call it."""
        if self._calls is not None and call in self._calls:
            self._calls.remove(call)

    def __await__(self) -> Generator[Any, Any, _T]:
        """Who is cancelled while waiting does not cancel it: others may wait for it too."""
        if self._calls is not None:
            if _here.in_job:
                yield self
            else:
                yield from self._for_a_task()
        return self.result()

    def _for_a_task(self) -> Generator[Any, Any, None]:
        there: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake(_done: object) -> None:
            if not there.done():
                there.set_result(None)

        self.add_done_callback(wake)
        try:
            yield from there
        finally:
            self.remove_done_callback(wake)


class Job(Later[_T]):
    """A coroutine on its way. It begins at once, and goes on in the call-backs of what it waits for.

    It is no task: what needs one (``asyncio.timeout``, and so all connections) is run ``apart``.
    """

    __slots__ = ("_waits", "_work")

    def __init__(self, work: _Work[_T]) -> None:
        super().__init__()
        self._work = work
        self._waits: Any = None
        self._go(None)

    def _go(self, error: BaseException | None) -> None:
        """On to where it waits next, or to its end."""
        if self._calls is None:
            return
        if error is not None and self._waits is not None:
            self._waits.remove_done_callback(self._on)
        self._waits = None
        outer, _here.in_job = _here.in_job, True  # as asyncio keeps its current task
        failure: BaseException | None = None
        try:
            waits = self._work.send(None) if error is None else self._work.throw(error)
        except StopIteration as end:
            _here.in_job = outer
            self.set_result(end.value)
            return
        except BaseException as raised:  # noqa: BLE001 - handed on to who awaits the result
            failure = raised
        finally:
            _here.in_job = outer
        if failure is not None:
            self.set_exception(failure)
            if isinstance(failure, (KeyboardInterrupt, SystemExit)):
                raise failure
        elif waits is None:  # asyncio.sleep(0)
            asyncio.get_running_loop().call_soon(self._go, None)
        else:
            if not isinstance(waits, Later):
                # As a task does it: a future that is awaited says so, and whoever awaits takes note of that.
                waits._asyncio_future_blocking = False
            self._waits = waits
            waits.add_done_callback(self._on)

    def _on(self, _waited: object) -> None:
        self._go(None)

    def cancel(self) -> bool:
        """Cancel the coroutine where it waits. What it waits for goes on: others may wait for it too."""
        if self._calls is None:
            return False
        if self._waits is not None:
            self._waits.remove_done_callback(self._on)
            self._waits = None
        asyncio.get_running_loop().call_soon(self._go, CancelledError())
        return True

    def close(self) -> None:
        """End the coroutine, of which nothing will go on."""
        self._work.close()


@overload
async def together(one: _Work[_A], two: _Work[_B], /) -> tuple[_A, _B]: ...
@overload
async def together(
    one: _Work[_A], two: _Work[_B], three: _Work[_C], four: _Work[_D], five: _Work[_E], /
) -> tuple[_A, _B, _C, _D, _E]: ...
@overload
async def together(*works: _Work[_T]) -> tuple[_T, ...]: ...


async def together(*works: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """The results in order. All are begun at once, one after another.

    Where one raises, the others are cancelled, and so are all where the caller is.
    """
    jobs = [Job(work) for work in works]
    try:
        await landed(*jobs, or_failed=True)
        for job in jobs:
            if job._error is not None:
                raise job._error
        return tuple([job._value for job in jobs])
    except BaseException:
        await stopped(*jobs)
        raise


def landed(*jobs: Later[Any] | asyncio.Future[Any], or_failed: bool = False) -> Later[None]:
    """There when all are done, or (``or_failed``) a job has failed. Whoever waits for it cancels no job."""
    there: Later[None] = Later()
    waiting = [job for job in jobs if not job.done()]
    left = len(waiting)

    def enough(job: Later[Any] | asyncio.Future[Any]) -> bool:
        return not left or (or_failed and isinstance(job, Later) and job.failed)

    def one(job: Later[Any] | asyncio.Future[Any]) -> None:
        nonlocal left
        left -= 1
        if enough(job) and not there.done():
            there.set_result(None)

    if not waiting or (or_failed and any(enough(job) for job in jobs)):
        there.set_result(None)
    else:
        for job in waiting:
            job.add_done_callback(one)
    return there


async def stopped(*jobs: Later[Any] | asyncio.Future[Any]) -> None:
    """Cancel what is not done, and wait until it is; what any of it raised is read and dropped."""
    if isinstance(sys.exception(), GeneratorExit):  # their loop is closed, and nothing goes on
        for job in jobs:
            if isinstance(job, Job):
                job.close()
        return
    for job in jobs:
        job.cancel()
    await landed(*jobs)
    for job in jobs:
        if not job.cancelled():
            job.exception()


def spawn(work: _Work[_T]) -> asyncio.Task[_T]:
    """A coroutine as a task, begun by a job too (a loop may have tasks that begin at once)."""
    outer, _here.in_job = _here.in_job, False
    try:
        return asyncio.ensure_future(work)
    finally:
        _here.in_job = outer


async def apart(work: _Work[_T]) -> _T:
    """The result of a coroutine as a task of its own, which ends with the caller."""
    running = spawn(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await stopped(running)
        raise


def taskless(resolver: object) -> bool:
    """Whether a resolver's ``query`` can run in a job: it says so, or what it asks does."""
    return bool(getattr(resolver, "taskless", False))
