"""Selects few tests that enter nearly all code of the fast tests, as ``tests.mutation.record`` recorded.

Differences between versions of Python or a dependency depend on which code runs. Further cases for the same
code give the same results on each version, and ``./run test`` covers them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from math import inf

from tests.matrix.targets import FAST
from tests.mutation.recorded import Recorded

#: Overhead per test in processor seconds.
AROUND_S = 0.004
#: Threshold for tests that start other processes, whose code is not recorded: more than the overhead.
STARTED_S = 0.02
#: Total processor seconds: 95 % of the blocks are entered by then; the other 5 % would take as long again.
MOST_S = 36.0


def few(tests: Iterable[Recorded]) -> list[str]:
    """The names: per file, the cheapest test that starts a process; then those with most blocks a second."""
    fast = [test for test in tests if test.name.startswith(FAST) and not test.once]
    spent = 0.0
    names: dict[str, None] = {}
    for test in (*_starting(fast), *_entering(fast)):
        if test.name in names:
            continue
        spent += _cost(test)
        if spent > MOST_S:
            break
        names[test.name] = None
    return list(names)


def _cost(test: Recorded) -> float:
    return AROUND_S + test.seconds + test.of_others


def _starting(tests: list[Recorded]) -> Iterator[Recorded]:
    seen: set[str] = set()
    for test in sorted(tests, key=_cost):
        file = test.name.partition("::")[0]
        if test.of_others > STARTED_S and file not in seen:
            seen.add(file)
            yield test


def _entering(tests: list[Recorded]) -> Iterator[Recorded]:
    blocks = [set(test.blocks) for test in tests]
    left = set[str]().union(*blocks)
    heap = [(-inf, number) for number in range(len(tests))]  # a heap of upper bounds, best first
    new = [-1] * len(tests)
    while left:
        _, number = heapq.heappop(heap)
        count = len(blocks[number] & left)
        if count == new[number]:
            left -= blocks[number]
            yield tests[number]
        elif count:
            new[number] = count
            heapq.heappush(heap, (-count / _cost(tests[number]), number))
