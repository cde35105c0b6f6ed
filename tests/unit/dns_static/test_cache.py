"""The run's DNS cache: shared, by TTL, bounded."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from mailproof.dns import Answer, LiveResolver, MemoResolver
from mailproof.dns.cache import FAILED, LEAST, MOST, RunCache
from mailproof.dns.patch import record_of
from mailproof.model import Status

TEXT = record_of("TXT", '"v=spf1 include:_spf.esp.example include:_spf.other.example ~all"')


class Server:
    """Answers in the event loop's next iteration, with the configured status and TTL."""

    taskless = True

    def __init__(self, status: Status = "ok", ttl: int = 300) -> None:
        self.status, self.ttl = status, ttl
        self.asked: list[str] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        self.asked.append(name)
        await asyncio.sleep(0)
        records = (TEXT,) if self.status == "ok" else ()
        return Answer(name, rrtype, self.status, records, ttl=self.ttl)


class Clock:
    """A clock that advances only when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("status", "ttl", "kept"),
    [
        ("ok", 300, 300.0),
        ("nxdomain", 60, 60.0),
        ("nodata", 0, LEAST),
        ("ok", 86400, MOST),
        ("servfail", 0, FAILED),
        ("timeout", 0, FAILED),
    ],
)
async def test_answers_are_kept_by_their_ttl(status: Status, ttl: int, kept: float) -> None:
    server, clock = Server(status, ttl), Clock()
    cache = RunCache(server, clock=clock)
    for passed, asked in ((0.0, 1), (kept - 1, 1), (1.0, 2)):
        clock.now += passed
        assert (await MemoResolver(cache).query("a.example", "TXT")).status == status
        assert len(server.asked) == asked


async def test_failures_can_be_forgotten_and_answers_stay_as_do_later_failures() -> None:
    server, clock = Server("timeout"), Clock()
    cache = RunCache(server, clock=clock)
    await cache.query("silent.example", "TXT")
    until = clock.now
    clock.now += 1
    await cache.query("later.example", "TXT")
    server.status = "nxdomain"
    await cache.query("none.example", "TXT")
    cache.forget_failures(until)
    for name in ("silent.example", "later.example", "none.example"):
        await cache.query(name, "TXT")
    assert server.asked == ["silent.example", "later.example", "none.example", "silent.example"]


async def test_a_domain_keeps_what_it_saw_whatever_the_ttl() -> None:
    server, clock = Server(ttl=20), Clock()
    memo = MemoResolver(RunCache(server, clock=clock))
    first = await memo.query("a.example", "TXT")
    clock.now += 100
    assert await memo.query("a.example", "TXT") is first
    assert len(server.asked) == 1


async def test_questions_in_flight_are_shared_and_outlive_who_asked_first() -> None:
    server = Server()
    cache = RunCache(server)
    one, other = MemoResolver(cache), MemoResolver(cache)
    first = asyncio.create_task(one.query("a.example", "TXT"))
    second = asyncio.create_task(other.query("a.example", "TXT"))
    await asyncio.sleep(0)
    first.cancel()
    await one.abandon()
    assert (await second).found
    assert server.asked == ["a.example"]
    assert [answer.name for answer in other.answers] == ["a.example"]


async def test_there_is_room_for_so_many_and_what_was_not_used_for_the_longest_time_goes() -> None:
    server = Server()
    cache = RunCache(server, most=3)
    for name in ("a", "b", "c", "a", "d"):
        await cache.query(f"{name}.example", "TXT")
    assert server.asked == ["a.example", "b.example", "c.example", "d.example"]
    assert cache.known("b.example", "TXT") is None
    assert cache.known("a.example", "TXT") is not None
    assert len(cache.answers) == 3


async def test_a_fault_is_no_answer() -> None:
    class Broken(Server):
        async def query(self, name: str, rrtype: str) -> Answer:
            """Fail the first time."""
            answer = await super().query(name, rrtype)
            if len(self.asked) == 1:
                raise RuntimeError("as it should")
            return answer

    cache = RunCache(Broken())
    with pytest.raises(RuntimeError, match="as it should"):
        await cache.query("a.example", "TXT")
    await asyncio.sleep(0)
    assert (await cache.query("a.example", "TXT")).found


async def test_an_answer_remembered_takes_less_than_a_thousand_octets() -> None:
    cache = RunCache(Server())
    await cache.query("first.example", "TXT")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(1000):
        await cache.query(f"name{number}.example", "TXT")
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert taken / 1000 < 1000


async def test_what_needs_no_question_is_kept_too() -> None:
    async with LiveResolver(["127.0.0.1:1"]) as live:
        cache = RunCache(live)
        for _ in range(2):  # two domains whose records name impossible hosts
            answer = await MemoResolver(cache).query(f"{'x' * 64}.example", "TXT")
            assert (answer.status, answer.server) == ("nxdomain", "")
