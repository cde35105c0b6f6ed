"""Coroutines run side by side, at no cost where none of them has to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar, cast, overload

_T = TypeVar("_T")
_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")
_D = TypeVar("_D")
_E = TypeVar("_E")
_Work = Coroutine[Any, Any, _T]


@overload
async def together(one: _Work[_A], two: _Work[_B], /) -> tuple[_A, _B]: ...
@overload
async def together(
    one: _Work[_A], two: _Work[_B], three: _Work[_C], four: _Work[_D], five: _Work[_E], /
) -> tuple[_A, _B, _C, _D, _E]: ...
@overload
async def together(*works: _Work[_T]) -> tuple[_T, ...]: ...


async def together(*works: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """The results in order, as ``asyncio.gather`` gives them.

    All are begun at once, one after another, and only what has to wait becomes a task. With answers that are
    known already nothing does, and a message is checked in one turn of the event loop in place of ten. Until
    it first waits a coroutine runs in the caller's task: it may not begin with ``asyncio.timeout``.
    """
    loop = asyncio.get_running_loop()
    futures = [_begin(work, loop) for work in works]
    if not all(future.done() for future in futures):
        return tuple(await asyncio.gather(*futures))
    # Each exception is read, so that asyncio reports none as never retrieved.
    failed = [error for future in futures if (error := future.exception()) is not None]
    if failed:
        raise failed[0]
    return tuple(future.result() for future in futures)


def _begin(work: _Work[_T], loop: asyncio.AbstractEventLoop) -> asyncio.Future[_T]:
    """Run it until it is done or waits; the rest is a task."""
    done: asyncio.Future[_T] = loop.create_future()
    try:
        waits_for = work.send(None)
    except StopIteration as end:
        done.set_result(end.value)
    except Exception as error:  # noqa: BLE001 - handed on to who awaits the result
        done.set_exception(error)
    else:
        return loop.create_task(_finish(work, waits_for))
    return done


async def _finish(work: _Work[_T], waits_for: object) -> _T:
    """A true coroutine around ``_resume``: since Python 3.12 ``create_task`` takes nothing else."""
    return await _resume(work, waits_for)


@coroutine
def _resume(work: _Work[_T], waits_for: object) -> Generator[Any, Any, _T]:
    """Go on with one that has begun: hand on what it waits for, and back what comes of that."""
    while True:
        try:
            value = yield waits_for
        except GeneratorExit:  # this one will never continue: its loop is closed
            work.close()
            raise
        except BaseException as error:  # noqa: BLE001 - a cancellation, say: it is the coroutine's to see
            step = partial(work.throw, error)
        else:
            step = partial(work.send, value)
        try:
            waits_for = step()
        except StopIteration as end:
            return cast(_T, end.value)
