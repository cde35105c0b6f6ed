"""Finds the word of a list that a misspelt word was intended as."""

from __future__ import annotations

from collections.abc import Collection

from mailproof.records.edits import edits

#: Longer words are not compared: no misspelt tag is that long.
LONGEST = 40


def nearest(word: str, words: Collection[str]) -> tuple[str, ...]:
    """The words nearest to ``word`` (case-insensitive): none, one, or several that are equally near.

    The same letters in another order, or doubled, count as nearer than any other mistake. A word of up to
    four letters may have one error, a longer one two.
    """
    typed = word.lower()
    if not typed or len(typed) > LONGEST:
        return ()
    if exact := tuple([known for known in words if known.lower() == typed]):
        return exact
    costs = {known: _cost(typed, known.lower()) for known in words}
    best = min((cost for cost in costs.values() if cost is not None), default=None)
    return () if best is None else tuple(known for known, cost in costs.items() if cost == best)


def _cost(typed: str, known: str) -> int | None:
    """Twice the edit distance, or 1 for letters reordered or doubled; None if this must be another word."""
    if _collapsed(typed) == _collapsed(known) or (len(typed) > 1 and sorted(typed) == sorted(known)):
        return 1
    longest = max(len(typed), len(known))
    most = min(1 if longest <= 4 else 2, longest - 1)
    apart = edits(typed, known, most)
    return 2 * apart if apart <= most else None


def _collapsed(word: str) -> str:
    """Collapse each run of a letter."""
    return "".join(char for i, char in enumerate(word) if not i or char != word[i - 1])
