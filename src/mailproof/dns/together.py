"""Coroutines side by side without tasks: each goes on by itself when what it waits for is there."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar, overload

_T = TypeVar("_T")
_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")
_D = TypeVar("_D")
_E = TypeVar("_E")
_Work = Coroutine[Any, Any, _T]


class Job(asyncio.Future[_T]):
    """A coroutine on its way. It begins at once, and goes on in the call-backs of what it waits for.

    It is no task: what needs one (``asyncio.timeout``, and so all connections) is run ``apart``.
    """

    def __init__(self, work: _Work[_T]) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self._work = work
        self._waits: asyncio.Future[Any] | None = None
        self._go(None)

    def _go(self, error: BaseException | None) -> None:
        """On to where it waits next, or to its end."""
        if self.done():
            return
        self._waits = None
        try:
            waits = self._work.send(None) if error is None else self._work.throw(error)
        except StopIteration as end:
            self.set_result(end.value)
        except asyncio.CancelledError:
            super().cancel()
        except (KeyboardInterrupt, SystemExit) as fatal:
            self.set_exception(fatal)
            raise
        except BaseException as failure:  # noqa: BLE001 - handed on to who awaits the result
            self.set_exception(failure)
        else:
            if waits is None:  # asyncio.sleep(0)
                self.get_loop().call_soon(self._go, None)
                return
            # As a task does it: a future that is awaited says so, and whoever awaits takes note of that.
            waits._asyncio_future_blocking = False
            waits.add_done_callback(self._on)
            self._waits = waits

    def _on(self, _waited: object) -> None:
        self._go(None)

    def cancel(self, msg: Any | None = None) -> bool:
        """Cancel the coroutine where it waits. What it waits for goes on: others may wait for it too."""
        if self.done():
            return False
        if self._waits is not None:
            self._waits.remove_done_callback(self._on)
        self.get_loop().call_soon(self._go, asyncio.CancelledError(*(() if msg is None else (msg,))))
        return True

    def close(self) -> None:
        """End the coroutine, of which nothing will go on."""
        self._work.close()


@overload
async def together(one: _Work[_A], two: _Work[_B], /) -> tuple[_A, _B]: ...
@overload
async def together(one: _Work[_A], two: _Work[_B], three: _Work[_C], /) -> tuple[_A, _B, _C]: ...
@overload
async def together(
    one: _Work[_A], two: _Work[_B], three: _Work[_C], four: _Work[_D], /
) -> tuple[_A, _B, _C, _D]: ...
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
        waiting = [job for job in jobs if not job.done()]
        if waiting and not any(map(_failed, jobs)):
            await landed(*waiting, or_failed=True)
        failed = next(filter(_failed, jobs), None)
        if failed is not None:
            failed.result()
        return tuple([job.result() for job in jobs])
    except GeneratorExit:  # its loop is closed, and nothing goes on
        for job in jobs:
            job.close()
        raise
    except BaseException:
        await stopped(*jobs)
        raise


async def landed(*jobs: asyncio.Future[Any], or_failed: bool = False) -> None:
    """Wait until all are done, or until one has failed. Who is cancelled here cancels none of them."""
    there: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    left = len(jobs)

    def one(job: asyncio.Future[Any]) -> None:
        nonlocal left
        left -= 1
        if not there.done() and (not left or (or_failed and _failed(job))):
            there.set_result(None)

    for job in jobs:
        job.add_done_callback(one)
    await there


def _failed(job: asyncio.Future[Any]) -> bool:
    return job.done() and (job.cancelled() or job.exception() is not None)


async def stopped(*jobs: asyncio.Future[Any]) -> None:
    """Cancel what is not done, and wait until it is; what any of it raised is read and dropped."""
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)


async def apart(work: _Work[_T]) -> _T:
    """The result of a coroutine as a task of its own, which ends with the caller."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await stopped(task)
        raise


def taskless(resolver: object) -> bool:
    """Whether a resolver's ``query`` can run in a job: it says so, or what it asks does."""
    return bool(getattr(resolver, "taskless", False))
