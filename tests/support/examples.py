"""How many examples Hypothesis makes."""

from __future__ import annotations

from hypothesis import settings

#: What the house's profile makes of a property that says nothing.
USUAL = 100


def examples(most: int) -> settings:
    """So many; where the profile has fewer than usual (a row of ./run matrix), as many times fewer."""
    return settings(max_examples=max(1, most * settings().max_examples // USUAL))
