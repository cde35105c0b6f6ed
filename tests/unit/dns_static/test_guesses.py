"""Low-priority queries (guesses): each wrapping resolver passes the flag on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailproof.dns import (
    Answer,
    GuessingResolver,
    LiveResolver,
    MemoResolver,
    OverlayResolver,
    Resolver,
    ZoneResolver,
)
from mailproof.dns.answer import guesser
from mailproof.dns.snapshot import RecordingResolver
from mailproof.facts.stop import Stop, StoppableResolver
from tests.support.resolvers import FailingResolver, zone

ZONE = ZoneResolver.from_text("$TTL 300\n@ A 192.0.2.1\na TXT in-zone\n", origin="acme.example")


class Waiting:
    """Records how it was called."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        self.asked.append(("query", name))
        return Answer(name, rrtype, "nodata")

    async def guess(self, name: str, rrtype: str) -> Answer:
        self.asked.append(("guess", name))
        return Answer(name, rrtype, "nodata")


WRAPPERS: list[Callable[[Resolver], Resolver]] = [
    MemoResolver,
    RecordingResolver,
    lambda inner: StoppableResolver(inner, Stop()),
    lambda inner: OverlayResolver(ZONE, inner),
    lambda inner: MemoResolver(StoppableResolver(OverlayResolver(ZONE, RecordingResolver(inner)), Stop())),
]


@pytest.mark.parametrize("wrap", WRAPPERS)
async def test_a_guess_stays_a_guess(wrap: Callable[[Resolver], Resolver]) -> None:
    inner = Waiting()
    resolver = wrap(inner)
    assert isinstance(resolver, GuessingResolver)
    assert (await resolver.guess("s1.other.example", "TXT")).status == "nodata"
    assert (await resolver.query("s2.other.example", "TXT")).status == "nodata"
    assert inner.asked == [("guess", "s1.other.example"), ("query", "s2.other.example")]


@pytest.mark.parametrize("wrap", WRAPPERS)
async def test_who_knows_no_guesses_is_asked_as_ever(wrap: Callable[[Resolver], Resolver]) -> None:
    inner = FailingResolver(zone("$TTL 300\n$ORIGIN other.example.\ns1 TXT x\n"), {})
    assert (await guesser(wrap(inner))("s1.other.example", "TXT")).status == "ok"
    assert inner.asked == [("s1.other.example", "TXT")]


async def test_zones_answer_guesses_and_the_live_resolver_knows_them() -> None:
    assert (await guesser(ZONE)("a.acme.example", "TXT")).status == "ok"
    assert isinstance(LiveResolver(["192.0.2.1"]), GuessingResolver)


async def test_a_memo_asks_once_however_it_is_asked() -> None:
    inner = Waiting()
    memo = MemoResolver(inner)
    await memo.guess("a.example", "TXT")
    await memo.query("A.example.", "txt")
    await memo.query("b.example", "TXT")
    await memo.guess("b.example", "TXT")
    assert inner.asked == [("guess", "a.example"), ("query", "b.example")]
    assert [answer.name for answer in memo.answers] == ["a.example", "b.example"]


async def test_a_stopped_run_asks_no_guesses() -> None:
    inner, stop = Waiting(), Stop()
    stop.interrupt()
    assert (await StoppableResolver(inner, stop).guess("a.example", "TXT")).status == "unasked"
    assert inner.asked == []
