"""What a collector could not do."""

from __future__ import annotations

from msgspec import Struct


class CollectorFailure(Struct, frozen=True):
    """A collector that could not finish: which one, and why. ``status`` decides the outcome's."""

    collector: str
    reason: str
    unknown: bool = False
