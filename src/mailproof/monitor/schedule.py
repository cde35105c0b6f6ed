"""When a target is checked next."""

from __future__ import annotations

from random import Random

from msgspec import Struct


class Rhythm(Struct, frozen=True):
    """The interval, and by how much a check may be earlier or later, in seconds."""

    interval: float
    jitter: float

    def after(self, started: float, random: Random) -> float:
        """When a check that started at ``started`` is due again."""
        return started + self.interval + random.uniform(-self.jitter, self.jitter)

    def clamped(self, due: float | None, now: float) -> float:
        """Clamp a saved due time: now if there is none, and never later than one interval from now.

        The interval may have been longer, or the clock wrong, when it was written.
        """
        return now if due is None else min(due, now + self.interval + self.jitter)
