"""The state of one query across its retries."""

from __future__ import annotations

import asyncio
import time
from enum import IntEnum

from msgspec import Struct

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.turn import Turn


class Lane(IntEnum):
    """Priorities in a window's queue: retries and follow-ups first, then records, then guesses."""

    BEGUN = 0
    RECORD = 1
    GUESS = 2


class Errand(Struct, eq=False):
    """How far one query has got. ``deadline`` (monotonic) is extended by the time spent queued or pausing.

    ``declined`` counts failures that were put down to load and retried; ``pause`` is the delay in seconds
    before the next attempt (0: the last reply is final). ``first`` is when the first unanswered attempt was
    sent. ``begun`` is a turn it already holds, or why it got none. ``small``: a reply was lost, perhaps since
    it was too large for the network, so offer the smallest EDNS buffer: the server then truncates it.
    """

    deadline: float
    lane: Lane = Lane.BEGUN
    declined: int = 0
    first: float | None = None
    pause: float = 0.0
    begun: Turn | Miss | None = None
    small: bool = False

    @classmethod
    def within(cls, seconds: float, lane: Lane = Lane.BEGUN) -> Errand:
        """A new one that may wait for servers for ``seconds`` in total."""
        return cls(time.monotonic() + seconds, lane)

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - time.monotonic()

    def again(self) -> None:
        """Reset the retry state, to query the target of an alias."""
        self.declined, self.first, self.lane = 0, None, Lane.BEGUN

    async def rest(self, seconds: float) -> None:
        """Back off. The time does not count against the deadline."""
        await asyncio.sleep(seconds)
        self.deadline += seconds
