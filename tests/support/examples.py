"""The number of Hypothesis examples."""

from __future__ import annotations

from hypothesis import settings

#: The number in our default profile for properties without a setting.
USUAL = 100


def examples(most: int) -> settings:
    """Set the number of examples, scaled down if the profile has fewer (in ./run matrix)."""
    return settings(max_examples=max(1, most * settings().max_examples // USUAL))
