"""State shared in a run: the order of its reports, a limit for each part, and a common end."""

from __future__ import annotations

import asyncio

import pytest

from mailproof.dns import Answer
from mailproof.engine.audit import audit, audit_domain
from mailproof.engine.session import Session
from mailproof.engine.verify import Unread, verify
from mailproof.errors import UsageError
from mailproof.facts.stop import Stop
from mailproof.mail.saved import SavedMessage
from mailproof.model import Report
from tests.support.resolvers import FailingResolver, zone

MESSAGE = b"From: ada@acme.example\r\nSubject: hi\r\n\r\nbody\r\n"


async def test_results_come_in_order_and_no_more_at_once_than_the_window() -> None:
    begun: list[int] = []
    most = 0

    async def work(number: int) -> int:
        nonlocal most
        begun.append(number)
        most = max(most, len(begun) - len(done))
        for _ in range(10 - number):  # the first take longest
            await asyncio.sleep(0)
        return number

    done: list[int] = []
    async with Session(zone("")) as session:
        async for each in session.in_order(range(8), work, at_once=3):
            done.append(each)
    assert done == begun == list(range(8))
    assert most == 3


async def test_what_is_under_way_ends_with_its_reader() -> None:
    cancelled: list[int] = []

    async def work(number: int) -> int:
        try:
            await asyncio.sleep(3600 if number else 0)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    async with Session(zone("")) as session:
        stream = session.in_order(range(8), work, at_once=3)
        assert await anext(stream) == 0
        await stream.aclose()
    assert cancelled == [1, 2]


async def test_a_fault_of_one_ends_the_stream() -> None:
    async with Session(zone("")) as session:
        stream = audit(["acme.example", "192.0.2.1"], session)
        assert (await anext(stream)).report.subject == "acme.example"
        with pytest.raises(UsageError, match="is an address"):
            await anext(stream)


class Silent:
    """Never answers for one domain."""

    async def query(self, name: str, rrtype: str) -> Answer:
        if name.endswith("silent.example"):
            await asyncio.sleep(3600)
        return Answer(name, rrtype, "nodata")


async def test_the_time_limit_is_each_domains_own() -> None:
    async with Session(Silent(), limit=1.0) as session:
        names = ["silent.example", "acme.example"]
        found = session.in_order(names, lambda name: audit_domain(name, session), at_once=1)
        reports = [each.report async for each in found]
    assert [each.subject for each in reports] == ["silent.example", "acme.example"]
    cut = [any("time limit of 1 s" in o.reason for o in each.outcomes) for each in reports]
    assert cut == [True, False]


async def test_an_interrupt_ends_all_and_is_no_time_limit() -> None:
    stop = Stop()
    async with Session(Silent(), stop=stop, limit=60) as session:
        asyncio.get_running_loop().call_later(0.2, stop.interrupt)
        reports = [each.report async for each in audit(["silent.example", "www.silent.example"], session)]
    assert [each.interrupted for each in reports] == [True, True]


async def test_a_part_begun_after_the_interrupt_is_stopped() -> None:
    stop = Stop()
    before = stop.part()
    stop.interrupt()
    assert before.interrupted
    assert stop.part(60).interrupted


async def test_a_question_is_asked_once_for_all_messages() -> None:
    resolver = FailingResolver(zone('acme.example. 60 IN TXT "v=spf1 -all"'), {})
    messages = [SavedMessage(f"{number}", MESSAGE) for number in range(3)]
    async with Session(resolver) as session:
        reports = [each async for each in verify(messages, session)]
    assert all(isinstance(each, Report) for each in reports)
    assert resolver.asked.count(("_dmarc.acme.example", "TXT")) == 1


async def test_what_is_no_message_is_told_between_the_others() -> None:
    messages = [SavedMessage("a", b""), SavedMessage("b", b"", "unreadable"), SavedMessage("c", MESSAGE)]
    async with Session(zone("")) as session:
        first, second, third = [each async for each in verify(messages, session)]
    assert isinstance(first, Unread)
    assert second == Unread("b", "unreadable")
    assert isinstance(third, Report)


async def test_no_message_is_begun_after_the_end_of_the_run() -> None:
    stop = Stop()
    messages = (SavedMessage(name, MESSAGE) for name in "abcd")
    async with Session(zone(""), stop=stop) as session:
        stream = verify(messages, session)
        await anext(stream)
        stop.interrupt()
        assert [each async for each in stream] == []
    assert next(messages).source == "c"  # a large mailbox is not read to its end
