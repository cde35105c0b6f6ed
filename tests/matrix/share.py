"""Which cases of a test a row takes: the first, and of the others those that no other version has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

#: So many versions share the cases; ``./run test`` takes them all on its own.
SHARED_BY = 3


def shares(nodes: Iterable[str], minor: int) -> Iterator[bool]:
    """Of each node id, in the order of collection: is it of the share of Python 3.``minor``?"""
    before: Counter[str] = Counter()
    for node in nodes:
        test = node.partition("[")[0]
        yield not before[test] or before[test] % SHARED_BY == minor % SHARED_BY
        before[test] += 1
