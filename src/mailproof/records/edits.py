"""The edit distance between two words."""

from __future__ import annotations

from functools import lru_cache


def edits(one: str, other: str, most: int = 2) -> int:
    """Count omissions, insertions, replacements and swaps of neighbours; ``most + 1`` if there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    return _edits(one, other, most)


@lru_cache(4096)  # most records share the same tags and token prefixes
def _edits(one: str, other: str, most: int) -> int:
    before: list[int] = []
    last = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        row = [at]
        for to, wanted in enumerate(other, 1):
            cost = min(last[to] + 1, row[to - 1] + 1, last[to - 1] + (char != wanted))
            if at > 1 and to > 1 and char == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
