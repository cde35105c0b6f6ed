"""One question on its way, over all its tries."""

from __future__ import annotations

import asyncio
import time
from enum import IntEnum

from msgspec import Struct

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.turn import Turn


class Lane(IntEnum):
    """In which order questions are let through: what has begun, then records, then guesses."""

    BEGUN = 0
    RECORD = 1
    GUESS = 2


class Errand(Struct, eq=False):
    """What one question has come through. ``deadline`` (monotonic) does not advance while no server has it.

    ``declined`` counts the failures that were not taken at their word; ``pause`` is how long to wait before
    the next try; 0: the last reply is final. ``first`` is when the first try without an answer was sent.
    ``begun`` is a turn that it has already, or why there was none.
    """

    deadline: float
    lane: Lane = Lane.BEGUN
    declined: int = 0
    first: float | None = None
    pause: float = 0.0
    begun: Turn | Miss | None = None

    @classmethod
    def within(cls, seconds: float, lane: Lane = Lane.BEGUN) -> Errand:
        """One that may wait for servers this long in all."""
        return cls(time.monotonic() + seconds, lane)

    @property
    def left(self) -> float:
        """Seconds that it may still wait for servers."""
        return self.deadline - time.monotonic()

    def again(self) -> None:
        """Begin anew, for the target of an alias."""
        self.declined, self.first, self.lane = 0, None, Lane.BEGUN

    async def rest(self, seconds: float) -> None:
        """Wait without asking any server."""
        await asyncio.sleep(seconds)
        self.deadline += seconds
