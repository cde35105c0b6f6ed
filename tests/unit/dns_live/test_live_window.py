# ruff: noqa: SIM117
"""Name servers with limits: nothing is lost, real failures stay failures, records have priority."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

import dns.edns
import dns.flags
import dns.message
import pytest

from mailproof.dns import Answer, LiveResolver
from mailproof.dns.live.errand import Errand, Lane
from mailproof.dns.live.packet import Reply as Read
from mailproof.dns.live.packet import encode_name, question_of
from mailproof.dns.live.turn import Turn
from mailproof.dns.live.window import FLOOR, MOST_DOMAINS, START, Window
from tests.support.dnsserver import Asked, DnsServer, Reply
from tests.support.tls import Authority

REFUSED, SERVFAIL = 5, 2
OVER = Callable[[Asked], Reply]


def right(q: Asked) -> dns.message.Message:
    return q.reply(f"{q.name} 60 TXT right")


def refused(q: Asked) -> dns.message.Message:
    return q.reply(rcode=REFUSED)


def failed(q: Asked) -> dns.message.Message:
    return q.reply(rcode=SERVFAIL)


def silent(q: Asked) -> None:
    return None


def names(count: int, domain: str = "acme.test") -> list[str]:
    return [f"n{i}.{domain}" for i in range(count)]


async def ask(resolver: LiveResolver, questions: Iterable[str]) -> list[Answer]:
    return list(await asyncio.gather(*(resolver.query(name, "TXT") for name in questions)))


def statuses(answers: Iterable[Answer]) -> Counter[str]:
    return Counter(answer.status for answer in answers)


def window_of(resolver: LiveResolver) -> Window:
    assert resolver._servers._runtime is not None
    (channel,) = resolver._servers._runtime.channels.values()
    return channel.window


class Limited:
    """Answers a limited number of queries at once, after a delay; for the others it calls ``over``."""

    def __init__(self, at_once: int, over: OVER, delay: float = 0.03) -> None:
        self.at_once, self.over, self.delay = at_once, over, delay
        self.running = self.turned_down = self.most = 0

    async def __call__(self, q: Asked) -> Reply:
        if self.running >= self.at_once:
            self.turned_down += 1
            return self.over(q)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.running -= 1
        return right(q)


class PerSecond:
    """Answers a limited number of queries per second; for the others it calls ``over``."""

    def __init__(self, limit: int, over: OVER) -> None:
        self.limit, self.over = limit, over
        self.turned_down = self.given = self.second = 0

    def __call__(self, q: Asked) -> Reply:
        if q.message.flags & dns.flags.CD:  # not the query that was refused
            return right(q)
        second = int(time.monotonic())
        if second != self.second:
            self.second, self.given = second, 0
        if self.given >= self.limit:
            self.turned_down += 1
            return self.over(q)
        self.given += 1
        return right(q)


class Mute:
    """A port that receives queries and never answers."""

    def __enter__(self) -> Self:
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self._sock.setblocking(False)
        self._sock.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._sock.getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def asked(self) -> Counter[str]:
        """How often each name has been queried so far."""
        found: Counter[str] = Counter()
        with suppress(BlockingIOError):
            while True:
                found[dns.message.from_wire(self._sock.recv(4096)).question[0].name.to_text()] += 1
        return found


@pytest.mark.parametrize(("at_once", "delay"), [(20, 0.1), (10, 0.1)])
async def test_what_a_forwarder_refuses_under_load_is_asked_again(at_once: int, delay: float) -> None:
    limited = Limited(at_once, refused, delay)
    async with DnsServer(limited) as server, LiveResolver([server.address]) as resolver:
        answers = await ask(resolver, names(300))
    assert statuses(answers) == {"ok": 300}
    assert limited.turned_down > 0
    assert len(server.asked) < 300 * 2


async def test_what_a_forwarder_drops_under_load_is_asked_again() -> None:
    limited = Limited(20, silent, delay=0.3)
    async with DnsServer(limited) as server, LiveResolver([server.address], timeout=1.5) as resolver:
        answers = await ask(resolver, names(150))
    assert statuses(answers) == {"ok": 150}
    assert limited.turned_down > 0


@pytest.mark.parametrize("over", [failed, silent])
async def test_a_limit_by_the_second_is_waited_for(over: OVER) -> None:
    limited = PerSecond(40, over)
    async with DnsServer(limited, validating=True) as server:
        async with LiveResolver([server.address], timeout=0.6) as resolver:
            answers = await ask(resolver, names(100))
    # Nor is any bogus, although the query without validation was answered.
    assert statuses(answers) == {"ok": 100}
    assert limited.turned_down > 0


async def test_the_same_holds_over_tls(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    limited = Limited(20, refused)
    async with DnsServer(limited, tls=ca.server("127.0.0.1")) as server:
        url = f"tls://127.0.0.1:{server.tls_port}"
        async with LiveResolver([url], ca_file=str(ca.ca_file)) as resolver:
            assert statuses(await ask(resolver, names(200))) == {"ok": 200}
    assert limited.turned_down > 0


def question(name: str = "a.acme.test") -> bytes:
    return question_of(encode_name(name) or b"", 16)


async def enter(window: Window, count: int) -> list[tuple[Turn, Errand]]:
    """Put this many queries in flight."""
    errands = [Errand.within(5, Lane.RECORD) for _ in range(count)]
    turns = [await window.enter(question(), errand) for errand in errands]
    return [(turn, errand) for turn, errand in zip(turns, errands, strict=True) if turn is not None]


async def test_the_window_begins_small_and_grows_with_the_answers_while_others_wait() -> None:
    window = Window(asyncio.get_running_loop(), 1000, patience=2)
    under_way = await enter(window, START - 1)
    for turn, errand in under_way:
        window.leave(turn, errand, Read(b"", 0, 0))
    assert window.size == START  # all fitted into the window
    under_way = await enter(window, START)
    waiting = [asyncio.ensure_future(enter(window, 1)) for _ in range(1000)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    for flight in range(2, 5):
        for turn, errand in under_way:
            window.leave(turn, errand, Read(b"", 0, 0))
        await asyncio.sleep(0)
        under_way = [each for task in waiting if task.done() for each in task.result()]
        waiting = [task for task in waiting if not task.done()]
        assert window.size == len(under_way) == START * 2 ** (flight - 1)
    window.close()
    assert await asyncio.gather(*waiting) == [[]] * len(waiting)


async def test_the_window_halves_once_for_a_flight() -> None:
    window = Window(asyncio.get_running_loop(), 1000, patience=2)
    turns = await enter(window, START)
    for turn, errand in turns[: START // 2]:
        window.leave(turn, errand, Read(b"", 0, 0))
    for turn, errand in turns[START // 2 :]:
        window.leave(turn, errand, Read(b"", 0, REFUSED))
    assert int(window.size) == START / 2
    # The first were sent with few others in flight: these refusals are not due to load.
    turns = await enter(window, START // 2)
    for turn, errand in turns:
        window.leave(turn, errand, Read(b"", 0, REFUSED))
    assert int(window.size) == START / 4
    assert [errand.pause > 0 for _, errand in turns] == [False] * 8 + [True] * 8
    window.close()


async def test_a_server_that_refuses_everything_is_believed_soon() -> None:
    async with DnsServer(refused) as server, LiveResolver([server.address]) as resolver:
        answers = await ask(resolver, names(200))
    assert statuses(answers) == {"refused": 200}
    assert max(server.counts.values()) == 2
    assert len(server.asked) < 200 + 2 * START


async def test_one_question_that_is_refused_is_not_asked_again() -> None:
    for bad, status in ((refused, "refused"), (failed, "servfail")):
        async with DnsServer(bad) as server, LiveResolver([server.address]) as resolver:
            assert (await resolver.query("a.acme.test", "TXT")).status == status
        assert len(server.asked) == 1


async def test_names_that_are_refused_among_others_that_are_answered() -> None:
    async with DnsServer(lambda q: refused(q) if "other" in q.name else right(q)) as server:
        async with LiveResolver([server.address]) as resolver:
            good, bad = await asyncio.gather(
                ask(resolver, names(150)), ask(resolver, names(40, "other.test"))
            )
    assert (statuses(good), statuses(bad)) == ({"ok": 150}, {"refused": 40})
    assert all(server.counts[name, "TXT"] <= 4 for name in names(40, "other.test"))


async def test_a_domain_that_fails_shrinks_no_window_and_is_believed_the_second_time() -> None:
    async with DnsServer(lambda q: failed(q) if "lame" in q.name else right(q)) as server:
        async with LiveResolver([server.address]) as resolver:
            good, bad = await asyncio.gather(ask(resolver, names(300)), ask(resolver, names(60, "lame.test")))
            assert window_of(resolver).size > START
    assert (statuses(good), statuses(bad)) == ({"ok": 300}, {"servfail": 60})
    assert all(server.counts[name, "TXT"] <= 2 for name in names(60, "lame.test"))


async def test_a_failure_that_explains_itself_is_believed_at_once() -> None:
    def handler(q: Asked) -> Reply:
        reply = failed(q)
        reply.use_edns(0, 0, 1232, options=[dns.edns.EDEOption(dns.edns.EDECode.NO_REACHABLE_AUTHORITY)])
        return reply

    async with DnsServer(handler) as server, LiveResolver([server.address]) as resolver:
        assert statuses(await ask(resolver, names(60))) == {"servfail": 60}
    assert set(server.counts.values()) == {1}


async def test_a_silent_domain_shrinks_no_window_and_holds_nobody_up() -> None:
    """It has more queries than fit into the window, and they are first in the queue."""
    async with DnsServer(lambda q: silent(q) if "dead" in q.name else right(q)) as server:
        async with LiveResolver([server.address], timeout=1.5) as resolver:
            await resolver.query("first.test", "TXT")
            dead = asyncio.ensure_future(ask(resolver, names(START + 10, "dead.test")))
            await asyncio.sleep(0)
            assert statuses(await ask(resolver, names(300))) == {"ok": 300}
            assert window_of(resolver).size > START
            assert statuses(await dead) == {"timeout": START + 10}
    assert all(server.counts[name, "TXT"] == 2 for name in names(START + 10, "dead.test"))


async def test_a_dead_server_is_not_asked_what_waits() -> None:
    with Mute() as dead:
        async with LiveResolver([dead.address], timeout=0.4) as resolver:
            answers = await ask(resolver, names(300))
        asked = dead.asked()
    assert statuses(answers) == {"timeout": 300}
    assert all(dead.address in answer.reason for answer in answers)
    assert len(asked) <= START + 4  # and an occasional query to see whether it still does not respond
    assert max(asked.values()) == 2


async def test_what_waits_for_a_dead_server_goes_to_the_next() -> None:
    with Mute() as dead:
        async with (
            DnsServer(right) as live,
            LiveResolver([dead.address, live.address], timeout=2) as resolver,
        ):
            answers = await ask(resolver, names(300))
        asked = dead.asked()
    assert {(answer.status, answer.server) for answer in answers} == {("ok", live.address)}
    assert sum(asked.values()) == START + 1  # including the one that determines whether it validates


async def test_time_in_the_queue_is_not_time_of_the_question() -> None:
    limited = Limited(1000, refused, delay=0.1)
    async with DnsServer(limited) as server:
        async with LiveResolver([server.address], timeout=1, lifetime=1, concurrency=2) as resolver:
            answers = await ask(resolver, names(40))  # 2 s in all
    assert statuses(answers) == {"ok": 40}


async def test_records_go_before_guesses() -> None:
    async with DnsServer(Limited(1000, refused)) as server:
        async with LiveResolver([server.address], concurrency=4) as resolver:
            guesses = [asyncio.ensure_future(resolver.guess(name, "TXT")) for name in names(40, "guess.test")]
            await asyncio.sleep(0)  # the guesses come first
            assert statuses(await ask(resolver, names(40))) == {"ok": 40}
            assert sum("guess" in q.name for q in server.asked) <= 12
            assert statuses(await asyncio.gather(*guesses)) == {"ok": 40}


async def test_guesses_do_not_starve() -> None:
    async with DnsServer(Limited(1000, refused, delay=0.001)) as server:
        async with LiveResolver([server.address], concurrency=2) as resolver:
            guess = asyncio.ensure_future(resolver.guess("guess.test", "TXT"))
            many = asyncio.ensure_future(ask(resolver, names(300)))
            assert (await guess).status == "ok"
            assert not many.done()
            await many
    assert len(server.asked) == 301


async def test_whoever_is_cancelled_in_the_queue_takes_no_room() -> None:
    async with DnsServer(Limited(1000, refused, delay=0.01)) as server:
        async with LiveResolver([server.address], concurrency=FLOOR) as resolver:
            tasks = [asyncio.ensure_future(resolver.query(name, "TXT")) for name in names(40)]
            await asyncio.sleep(0.015)  # some are answered, some in flight, the others queued
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert statuses(await ask(resolver, names(40, "b.test"))) == {"ok": 40}
            assert not window_of(resolver)._flying


async def test_closing_sends_away_who_waits() -> None:
    async with DnsServer(silent) as server:
        resolver = LiveResolver([server.address], timeout=5, concurrency=2)
        tasks = [asyncio.ensure_future(resolver.query(name, "TXT")) for name in names(10)]
        await asyncio.sleep(0.05)
        await resolver.aclose()
        assert statuses(await asyncio.gather(*tasks)) == {"timeout": 10}
    assert len(server.asked) == 2


async def test_what_is_remembered_of_domains_does_not_grow() -> None:
    """A worker queries 20,000 of them. The most recent ones are kept."""
    window = Window(asyncio.get_running_loop(), 100, 3)
    turns = []
    for number in (*range(MOST_DOMAINS + 100), MOST_DOMAINS + 99):
        wire = encode_name(f"mx.d{number}.test")
        assert wire is not None
        turn = window.place(question_of(wire, 16), Lane.RECORD, urgent=True)
        assert isinstance(turn, Turn)
        window.end(turn)
        turns.append(turn)
    window.close()
    assert turns[-1].domain is turns[-2].domain
    assert len(window._domains) == MOST_DOMAINS
