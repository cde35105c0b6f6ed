"""The fast path, one datagram without a coroutine, and when it falls back to the full procedure."""

from __future__ import annotations

import asyncio
import sys
import weakref

import dns.message
import pytest

from mailproof.dns import Answer, LiveResolver, MemoResolver, ZoneResolver
from mailproof.dns.together import Job, Later, stopped, together
from tests.support.dnsserver import Asked, DnsServer


def handler(q: Asked) -> dns.message.Message | None:
    """A validating server; the first label selects its response."""
    match q.name.split(".")[0]:
        case "silent":
            return None
        case "long":
            return q.reply(*(f"{q.name} 60 TXT {'x' * 200}{number}" for number in range(20)), ad=True)
        case "alias":
            return q.reply(f"{q.name} 60 CNAME target.test", ad=True)
        case "broken":
            return q.reply(rcode=2)
        case "none":
            return q.reply(rcode=3, ad=True, authority=("test 60 SOA a.test b.test 1 2 3 4 60",))
    return q.reply(f"{q.name} 60 TXT right", ad=True)


async def warm(resolver: LiveResolver) -> None:
    """Send queries until it knows that the server validates."""
    assert (await resolver.query("first.test", "TXT")).secure == "yes"


@pytest.mark.parametrize(
    ("label", "status", "count"),
    [
        ("plain", "ok", 1),
        ("none", "nxdomain", 0),
        ("long", "ok", 20),
        ("alias", "ok", 1),
        ("broken", "servfail", 0),
    ],
)
async def test_the_answer_is_that_of_the_whole_way(label: str, status: str, count: int) -> None:
    async with DnsServer(handler) as server, LiveResolver([server.address], timeout=0.3) as resolver:
        cold = await resolver.query(f"{label}.test", "TXT")
        await warm(resolver)
        quick = await resolver.query(f"{label}.test", "TXT")
    assert (quick.status, len(quick.records)) == (status, count)
    for field in ("name", "rrtype", "status", "ttl", "chain", "server", "reason", "zone"):
        assert getattr(quick, field) == getattr(cold, field)
    assert set(quick.records) == set(cold.records)


async def test_an_answer_at_once_needs_neither_task_nor_coroutine() -> None:
    async with DnsServer(handler) as server, LiveResolver([server.address]) as resolver:
        await warm(resolver)
        before = asyncio.all_tasks()
        found = resolver.begin(("plain.test", "TXT"))
        assert isinstance(found, Later)
        assert not isinstance(found, Job)
        assert asyncio.all_tasks() == before
        assert (await found).records[0].to_text() == '"right"'


async def test_no_answer_is_tried_again_and_then_a_time_out() -> None:
    async with DnsServer(handler) as server, LiveResolver([server.address], timeout=0.1) as resolver:
        await warm(resolver)
        answer = await resolver.query("silent.test", "TXT")
        assert (answer.status, answer.reason) == ("timeout", f"no answer from {server.address}")
        assert sum(q.name == "silent.test" for q in server.asked) == 2


async def test_who_gives_up_leaves_room_for_others() -> None:
    async with (
        DnsServer(handler) as server,
        LiveResolver([server.address], timeout=30, concurrency=1) as resolver,
    ):
        await warm(resolver)
        silent = resolver.begin(("silent.test", "TXT"))
        waiting = resolver.begin(("plain.test", "TXT"))
        assert isinstance(silent, Later)
        assert isinstance(waiting, Later)
        await stopped(silent)
        assert silent.cancelled()
        assert (await asyncio.wait_for(_of(waiting), 60)).status == "ok"


async def test_what_waits_for_room_can_be_given_up_too() -> None:
    async with (
        DnsServer(handler) as server,
        LiveResolver([server.address], timeout=30, concurrency=1) as resolver,
    ):
        await warm(resolver)
        memo = MemoResolver(resolver)
        jobs = [Job(memo.query(name, "TXT")) for name in ("silent.test", "plain.test")]
        await stopped(*jobs)
        await memo.abandon()
        assert [job.cancelled() for job in jobs] == [True, True]
        assert (await asyncio.wait_for(resolver.query("other.test", "TXT"), 60)).status == "ok"


async def test_closing_ends_what_is_on_its_way() -> None:
    async with DnsServer(handler) as server:
        resolver = LiveResolver([server.address], timeout=30, attempts=1)
        await warm(resolver)
        silent = resolver.begin(("silent.test", "TXT"))
        assert isinstance(silent, Later)
        await resolver.aclose()
        assert (await asyncio.wait_for(_of(silent), 60)).status == "timeout"


@pytest.mark.parametrize("label", ["plain", "long", "alias", "broken", "silent"])
async def test_nothing_of_an_answered_question_waits_for_the_garbage_collector(label: str) -> None:
    async with DnsServer(handler) as server, LiveResolver([server.address], timeout=0.3) as resolver:
        await warm(resolver)
        memo = MemoResolver(resolver)
        question = memo.begin((f"{label}.test", "TXT"))
        assert isinstance(question, Later)
        await question
        gone = weakref.ref(question)
        del memo, question
        assert gone() is None


async def test_nor_do_the_answers_of_a_resolver_without_begin() -> None:
    memo = MemoResolver(ZoneResolver.from_text("a 60 TXT right", origin="test."))
    answer = await memo.query("a.test", "TXT")
    gone = weakref.ref(memo)
    del memo
    assert (gone(), answer.status) == (None, "ok")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="NOT TESTED: eager tasks need Python 3.12")
async def test_tasks_may_begin_at_once() -> None:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(getattr(asyncio, "eager_task_factory", None))
    try:
        async with DnsServer(handler) as server, LiveResolver([server.address]) as resolver:
            await warm(resolver)
            memo = MemoResolver(resolver)
            one, two = await together(
                asyncio.wait_for(memo.query("a.test", "TXT"), 60), memo.query("b.test", "TXT")
            )
            assert (one.status, two.status) == ("ok", "ok")
    finally:
        loop.set_task_factory(None)


async def _of(found: Later[Answer]) -> Answer:
    return await found
