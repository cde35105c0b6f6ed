"""Synchronous code on answers already fetched."""

from __future__ import annotations

import asyncio

import pytest

from mailproof.adapters.gathered import Gathered, MissingAnswer, TooManyQuestions, run_gathered
from mailproof.dns import Answer, MemoResolver
from mailproof.dns.text import record_text
from tests.support.resolvers import FailingResolver, zone

WORLD = zone("$ORIGIN acme.example.\n@ TXT b\nb TXT c\nc TXT end\n")


class Counting:
    """Counts the queries, and how many are concurrent."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.at_once = self.most_at_once = 0

    async def query(self, name: str, rrtype: str) -> Answer:
        self.asked.append((name, rrtype))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return await WORLD.query(name, rrtype)


def walk(gathered: Gathered) -> list[str]:
    """A chain of queries, each derived from the previous answer."""
    seen, name = [], "acme.example"
    while True:
        text = record_text(gathered.get(name, "TXT").records[0])
        seen.append(text)
        if text == "end":
            return seen
        name = f"{text}.acme.example"


async def test_it_is_run_until_nothing_is_missing() -> None:
    resolver = Counting()
    assert await run_gathered(resolver, walk) == ["b", "c", "end"]
    assert len(resolver.asked) == 3


async def test_a_library_that_swallows_the_exception_is_not_believed() -> None:
    def careless(gathered: Gathered) -> str:
        try:
            return f"found {gathered.get('acme.example', 'TXT').status}"
        except:  # noqa: E722 - as pyspf and dkimpy do
            return "missing"

    assert await run_gathered(Counting(), careless) == "found ok"


async def test_a_library_that_makes_another_exception_of_it() -> None:
    def wrapping(gathered: Gathered) -> str:
        try:
            return gathered.get("acme.example", "TXT").status
        except MissingAnswer as missing:
            raise RuntimeError("temporary failure") from missing

    assert await run_gathered(Counting(), wrapping) == "ok"


async def test_all_that_is_missing_is_fetched_at_once() -> None:
    def broad(gathered: Gathered) -> int:
        found = 0
        for label in "abcdefgh":
            try:
                found += gathered.get(f"{label}.acme.example", "TXT").found
            except MissingAnswer:
                continue
        return found

    resolver = Counting()
    assert await run_gathered(resolver, broad) == 2
    assert resolver.most_at_once == 8
    assert len(resolver.asked) == 8


async def test_its_own_exceptions_are_passed_on() -> None:
    def broken(gathered: Gathered) -> None:
        gathered.get("acme.example", "TXT")
        raise ZeroDivisionError("a fault of the library")

    with pytest.raises(ZeroDivisionError):
        await run_gathered(Counting(), broken)


async def test_failures_are_answers() -> None:
    failing = FailingResolver(WORLD, {("acme.example", "TXT"): "timeout"})
    assert await run_gathered(failing, lambda g: g.get("acme.example", "TXT").status) == "timeout"


async def test_what_the_memo_knows_is_not_asked_again() -> None:
    resolver = Counting()
    memo = MemoResolver(resolver)
    await memo.query("acme.example", "TXT")
    runs = []

    def call(gathered: Gathered) -> str:
        runs.append(1)
        return gathered.get("ACME.example.", "txt").status

    assert await run_gathered(memo, call) == "ok"
    assert (len(runs), len(resolver.asked)) == (1, 1)


async def test_bounds() -> None:
    count = 0

    def endless(gathered: Gathered) -> None:
        nonlocal count
        count += 1
        gathered.get(f"n{count}.acme.example", "TXT")

    with pytest.raises(TooManyQuestions, match="5 rounds"):
        await run_gathered(Counting(), endless, max_rounds=5)

    def greedy(gathered: Gathered) -> None:
        for number in range(100):
            try:
                gathered.get(f"n{number}.acme.example", "TXT")
            except MissingAnswer:
                continue

    resolver = Counting()
    with pytest.raises(TooManyQuestions, match="more than 50"):
        await run_gathered(resolver, greedy, max_questions=50)
    assert not resolver.asked
