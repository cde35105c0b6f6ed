"""Progress of a run: the time remaining, and what slows it down."""

from __future__ import annotations

from typing import Any

import pytest

from mailproof.bulk.run import Now, Once, Watcher
from mailproof.bulk.tally import SLOW_MS, Tally
from mailproof.bulk.targets import Target, Unreadable
from mailproof.cli.bulk import in_words
from mailproof.model.bulk import ShortRow
from mailproof.model.bulk import SlowServers as Slow


def seen(servers: str, slowest_ms: int, **more: Any) -> ShortRow:
    fields: dict[str, Any] = {"domain": "a.example", "line": 1, "verdict": "pass", "complete": True} | more
    return ShortRow(name_servers=servers, slowest_ms=slowest_ms, **fields)


def test_the_slowest_are_those_that_cost_the_most_time() -> None:
    tally = Tally()
    for _ in range(10):
        tally.clock(seen("big.example", 2 * SLOW_MS))
    tally.clock(seen("dead.example", 6 * SLOW_MS))
    tally.clock(seen("fast.example", SLOW_MS - 1))
    assert tally.slowest == (Slow("big.example", 10, 2.0), Slow("dead.example", 1, 6.0))
    other = Tally()
    other.clock(seen("dead.example", 100 * SLOW_MS))
    tally.merge(other)  # from a worker of a cluster
    assert tally.slowest == (Slow("dead.example", 2, 53.0), Slow("big.example", 10, 2.0))
    assert tally.summary().slowest_name_servers == tally.slowest


@pytest.mark.parametrize(
    ("failed", "unasked", "expected"),
    [(0, 0, (Slow("a.example", 1, 30.0),)), (1, 0, ()), (0, 1, ())],
    ids=["cut off", "answered with a failure", "not asked"],
)
def test_a_domain_that_was_cut_off_took_all_of_its_time(
    failed: int, unasked: int, expected: tuple[Slow, ...]
) -> None:
    tally = Tally()
    tally.clock(seen("", 0, complete=False, failed=failed, unasked=unasked, elapsed_ms=30_000))
    assert tally.slowest == expected


@pytest.mark.parametrize(("share", "to_come"), [(0.0, None), (0.25, 9), (1.0, 0)], ids=["pipe", "4th", "end"])
def test_what_is_to_come_is_estimated_from_how_much_of_the_list_was_read(
    share: float, to_come: float | None
) -> None:
    once = Once(Tally(), Watcher(share=lambda: share))
    for _ in once.of((Target(1, "a.example"), Target(2, "a.example"), Unreadable(3, "", ""))):
        pass
    assert once.to_come == to_come


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (Now("auditing", 1234, 5, 20.04, 0.0, ()), "auditing: 1,234 done, 20.0/s, 5 unknown"),
        (Now("auditing", 1, 0, 1.0, 59.7, ()), "auditing: 1 done, 1.0/s, 60 s left, 0 unknown"),
        (
            Now("auditing", 1, 0, 1.0, 7300, (Slow("ns.example", 1, 4.2), Slow("b.example", 1, 1.5))),
            "auditing: 1 done, 1.0/s, 2.0 h left, 0 unknown, slowest: ns.example 4.2 s, b.example 1.5 s",
        ),
    ],
)
def test_in_words(now: Now, words: str) -> None:
    assert in_words(now) == words
