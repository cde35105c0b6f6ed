"""Few tests that enter nearly all code which the fast tests enter, by what ``tests.mutation.record`` noted.

A version of Python or of a dependency shows in the code that runs. What tables of cases show beyond that is
the same on each, and ``./run test`` has shown it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from math import inf

from tests.matrix.targets import FAST
from tests.mutation.recorded import Recorded

#: Processor time around each test, whatever it does.
AROUND_S = 0.004
#: Of other processes, whose code is not noted: more than their bookkeeping takes.
STARTED_S = 0.02
#: Processor time of all: 95 of 100 blocks are entered by then, and the last five take as long again.
MOST_S = 36.0


def few(tests: Iterable[Recorded]) -> list[str]:
    """Their names: the least of each file that starts a process; then what enters most blocks a second."""
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
    heap = [(-inf, number) for number in range(len(tests))]  # the lowest may enter most a second
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
