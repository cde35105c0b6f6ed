"""``together`` compared with ``asyncio.gather``, and its savings."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mailproof.dns.together import Job, Later, apart, stopped, together
from mailproof.facts.stop import Stop

BOTH = pytest.mark.parametrize("run", [together, asyncio.gather], ids=["together", "gather"])
Run = Callable[..., Awaitable[Any]]


async def told(value: int, *waits: float) -> int:
    for seconds in waits:
        await asyncio.sleep(seconds)
    return value


async def fails(*waits: float) -> int:
    await told(0, *waits)
    raise ValueError("as it should")


@BOTH
async def test_results_in_order_whoever_is_done_first(run: Run) -> None:
    assert list(await run(told(1, 0.02), told(2), told(3, 0, 0.001, 0), told(4))) == [1, 2, 3, 4]
    assert list(await run()) == []


@BOTH
async def test_they_wait_side_by_side(run: Run) -> None:
    event = asyncio.Event()

    async def opens() -> int:
        event.set()
        return 1

    async def needs() -> int:
        await event.wait()
        return 2

    assert list(await asyncio.wait_for(run(needs(), told(0, 0), opens()), 5)) == [2, 0, 1]


@BOTH
@pytest.mark.parametrize("waits", [(), (0,), (0, 0.001)])
async def test_an_exception_is_the_callers(run: Run, waits: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="as it should"):
        await run(told(1, 0.001), fails(*waits))


@BOTH
async def test_what_a_wait_raises_reaches_the_coroutine(run: Run) -> None:
    failing = asyncio.get_running_loop().create_future()

    async def handles() -> str:
        try:
            await failing
        except OSError as error:
            await asyncio.sleep(0)
            return str(error)
        return "nothing"

    async def sets() -> str:
        await asyncio.sleep(0)
        failing.set_exception(OSError("broken"))
        return "set"

    assert list(await run(handles(), sets())) == ["broken", "set"]


@BOTH
async def test_cancelling_the_caller_cancels_them(run: Run) -> None:
    seen: list[str] = []

    async def notes() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def caller() -> None:
        await run(notes(), told(1), notes())

    task = asyncio.create_task(caller())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert seen == ["cancelled", "cancelled"]


async def test_what_never_waits_is_no_task() -> None:
    me = asyncio.current_task()

    async def who() -> object:
        return asyncio.current_task()

    assert await together(who(), who()) == (me, me)
    assert asyncio.all_tasks() == {me}


def test_a_loop_that_closes_leaves_no_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    closed: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            closed.append("closed")

    async def stoppable() -> None:
        await Stop(60.0).wait_for([Job(waits())])

    async def leaves() -> None:
        task = asyncio.create_task(together(waits(), stoppable()))
        for _ in range(3):
            await asyncio.sleep(0)
        del task

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # "Task was destroyed but it is pending!", which is true
    loop.run_until_complete(leaves())
    loop.close()
    del loop
    gc.collect()
    assert closed == ["closed", "closed"]
    assert not complaints


async def test_what_waits_is_no_task_either() -> None:
    me = asyncio.current_task()
    opened = asyncio.get_running_loop().create_future()
    seen: list[set[asyncio.Task[Any]]] = []

    async def waits() -> int:
        await opened
        await asyncio.sleep(0)
        seen.append(asyncio.all_tasks())
        return 1

    async def opens() -> int:
        await asyncio.sleep(0)
        opened.set_result(None)
        return 2

    assert await together(waits(), waits(), opens()) == (1, 1, 2)
    assert seen == [{me}, {me}]


async def test_one_that_fails_ends_the_others() -> None:
    seen: list[str] = []

    async def notes() -> int:
        try:
            return await told(1, 30)
        finally:
            seen.append("ended")

    with pytest.raises(ValueError, match="as it should"):
        await asyncio.wait_for(together(notes(), fails(0), notes()), 5)
    assert seen == ["ended", "ended"]


async def test_what_is_cancelled_leaves_to_others_what_it_waited_for() -> None:
    shared: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def waits() -> int:
        return await shared

    one, other = Job(waits()), Job(waits())
    await stopped(one)
    assert one.cancelled()
    assert not one.cancel()
    shared.set_result(7)
    assert await other == 7


async def test_a_cancelled_job_may_still_clean_up() -> None:
    seen: list[str] = []

    async def cleans() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(0.001)
            seen.append("clean")
            raise

    job = Job(cleans())
    await stopped(job)
    assert (seen, job.cancelled()) == (["clean"], True)


async def test_time_limits_work_apart() -> None:
    async def limited() -> str:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.sleep(30)
        except TimeoutError:
            return "over"
        return "done"

    async def waits_first() -> str:
        await asyncio.sleep(0)
        return await apart(limited())

    assert await together(waits_first(), apart(limited())) == ("over", "over")


async def test_what_is_apart_ends_with_its_caller() -> None:
    ended = asyncio.Event()

    async def goes_on() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    job = Job(apart(goes_on()))
    await asyncio.sleep(0)
    await stopped(job)
    assert ended.is_set()


def test_each_thread_may_run_a_loop() -> None:
    """The state of a job in one thread does not affect another."""

    async def one() -> int:
        there: Later[int] = Later()
        asyncio.get_running_loop().call_soon(there.set_result, 1)
        return await there

    async def many() -> None:
        for _ in range(500):
            assert await together(one(), one(), one()) == (1, 1, 1)

    failed: list[BaseException] = []

    def thread() -> None:
        try:
            asyncio.run(many())
        except RuntimeError as error:
            failed.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=thread) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        sys.setswitchinterval(interval)
    assert not failed
