"""A window's counters: answers and failures in the last second."""

from __future__ import annotations

#: More than one in so many declined or lost, and at least a few, count as overload.
_SHARE = 8
FEW = 4


class Tally:
    """Counts queries sent, answered, and declined or lost over the last half to whole second."""

    def __init__(self) -> None:
        self.sent = self.good = self.bad = 0
        self._slot = self._good = self._bad = 0

    def of(self, now: float) -> Tally:
        """Roll the counters forward to ``now`` (monotonic), and return them."""
        slot = int(now * 2)
        if slot != self._slot:
            last = slot == self._slot + 1
            self._good, self._bad = (self.good, self.bad) if last else (0, 0)
            self._slot, self.sent, self.good, self.bad = slot, self.sent // 2 if last else 0, 0, 0
        return self

    @property
    def answers(self) -> bool:
        """Whether anything was answered."""
        return self.good + self._good > 0

    @property
    def heavy(self) -> bool:
        """Whether too many were declined or lost."""
        bad = self.bad + self._bad
        return bad >= FEW and bad * _SHARE > self.good + self._good

    @property
    def strained(self) -> bool:
        """Whether some were answered and too many were not, as by a server at its limit."""
        return self.heavy and self.answers
