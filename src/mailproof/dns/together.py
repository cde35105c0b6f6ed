"""Concurrent coroutines without tasks, resumed the moment their result arrives.

A ``Later`` is a future result. A coroutine in a ``Job`` that awaits one resumes at once, not in the event
loop's next iteration: a task and several iterations for each query would cost more than the query.
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
    """Per-thread state: each thread may run its own event loop."""

    #: Whether a job's coroutine is running, not a task's.
    in_job = False


_here = _Here()


class Later(Generic[_T]):
    """A future result, as ``asyncio.Future``, but it calls its callbacks immediately."""

    __slots__ = ("__weakref__", "_calls", "_error", "_value")

    def __init__(self) -> None:
        self._calls: list[Callable[[Any], object]] | None = []
        self._error: BaseException | None = None

    def done(self) -> bool:
        """Whether it has a result, has failed, or was cancelled."""
        return self._calls is None

    @property
    def failed(self) -> bool:
        """Whether it was cancelled or ended with an exception."""
        return self._error is not None

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return isinstance(self._error, CancelledError)

    def set_result(self, value: _T) -> None:
        """Set the result. Waiting coroutines resume before this returns."""
        self._value = value
        self._end()

    def set_exception(self, error: BaseException) -> None:
        """End it with an exception."""
        self._error = error
        self._end()

    def _end(self) -> None:
        calls, self._calls = self._calls, None
        for call in calls or ():
            call(self)

    def result(self) -> _T:
        """The result; raises the exception, if it failed."""
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self) -> BaseException | None:
        """The exception, if it failed; raises CancelledError if it was cancelled."""
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
        """Call ``call`` with this object once it is done; immediately, if it already is."""
        if self._calls is None:
            call(self)
        else:
            self._calls.append(call)

    def remove_done_callback(self, call: Callable[[Any], object]) -> None:
        """Drop a callback."""
        if self._calls is not None and call in self._calls:
            self._calls.remove(call)

    def __await__(self) -> Generator[Any, Any, _T]:
        """Wait for the result. Cancelling the waiter does not cancel this: others may wait for it too."""
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
    """A running coroutine. It starts at once, and resumes in the callbacks of what it awaits.

    It is not a task: code that needs one (``asyncio.timeout``, and so any connection) is run ``apart``.
    """

    __slots__ = ("_waits", "_work")

    def __init__(self, work: _Work[_T]) -> None:
        super().__init__()
        self._work = work
        self._waits: Any = None
        self._go(None)

    def _go(self, error: BaseException | None) -> None:
        """Run the coroutine to its next await, or to its end."""
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
                # As tasks do: a future sets this when it is awaited, and the awaiting task resets it.
                waits._asyncio_future_blocking = False
            self._waits = waits
            waits.add_done_callback(self._on)

    def _on(self, _waited: object) -> None:
        self._go(None)

    def cancel(self) -> bool:
        """Cancel the coroutine, but not what it awaits: others may wait for that too."""
        if self._calls is None:
            return False
        if self._waits is not None:
            self._waits.remove_done_callback(self._on)
            self._waits = None
        asyncio.get_running_loop().call_soon(self._go, CancelledError())
        return True


@overload
async def together(one: _Work[_A], two: _Work[_B], /) -> tuple[_A, _B]: ...
@overload
async def together(
    one: _Work[_A], two: _Work[_B], three: _Work[_C], four: _Work[_D], five: _Work[_E], /
) -> tuple[_A, _B, _C, _D, _E]: ...
@overload
async def together(*works: _Work[_T]) -> tuple[_T, ...]: ...


async def together(*works: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """Run coroutines concurrently, and return their results in order.

    If one raises, or the caller is cancelled, the others are cancelled.
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
    """Done once all jobs are, or (``or_failed``) one has failed. Cancelling it cancels no job."""
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
    """Cancel jobs that are not done, wait until they are, and discard their exceptions."""
    if isinstance(sys.exception(), GeneratorExit):  # their event loop is closed: nothing will resume
        for job in jobs:
            if isinstance(job, Job):
                job._work.close()
        return
    for job in jobs:
        job.cancel()
    await landed(*jobs)
    for job in jobs:
        if not job.cancelled():
            job.exception()


def spawn(work: _Work[_T]) -> asyncio.Task[_T]:
    """Start a coroutine as a task, from within a job too (with eager tasks it starts immediately)."""
    outer, _here.in_job = _here.in_job, False
    try:
        return asyncio.ensure_future(work)
    finally:
        _here.in_job = outer


async def apart(work: _Work[_T]) -> _T:
    """Run a coroutine in a task of its own, which is cancelled with the caller."""
    running = spawn(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await stopped(running)
        raise


def taskless(resolver: object) -> bool:
    """Whether a resolver's ``query`` can run in a job, as its ``taskless`` attribute says."""
    return bool(getattr(resolver, "taskless", False))
