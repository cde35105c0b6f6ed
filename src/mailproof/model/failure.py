"""What a collector could not do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CollectorFailure:
    """A collector that could not finish: which one, and why. ``status`` decides the outcome's."""

    collector: str
    reason: str
    unknown: bool = False
