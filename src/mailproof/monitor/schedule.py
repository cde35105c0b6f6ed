"""When a target is checked next."""

from __future__ import annotations

from random import Random

from msgspec import Struct


class Rhythm(Struct, frozen=True):
    """The interval, and by how much a check may be sooner or later, in seconds."""

    interval: float
    jitter: float

    def after(self, started: float, random: Random) -> float:
        """When what was started then is due again."""
        return started + self.interval + random.uniform(-self.jitter, self.jitter)

    def sensible(self, due: float | None, now: float) -> float:
        """A due time out of the state file: at once where there is none, and never later than one round.

        The interval may have been longer, or the clock wrong, when it was written.
        """
        return now if due is None else min(due, now + self.interval + self.jitter)
