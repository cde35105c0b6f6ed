"""What a window counts: answers and failures of the last second."""

from __future__ import annotations

#: One in so many declined or lost, and not fewer than a few, are taken for the window's fault.
_SHARE = 8
FEW = 4


class Tally:
    """Answers, and what was declined or lost, in the last half to whole second."""

    def __init__(self) -> None:
        self.sent = self.good = self.bad = 0
        self._slot = self._good = self._bad = 0

    def of(self, now: float) -> Tally:
        """The same, as of now."""
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
        """Whether too much was declined or lost."""
        bad = self.bad + self._bad
        return bad >= FEW and bad * _SHARE > self.good + self._good

    @property
    def strained(self) -> bool:
        """Whether some got an answer and too many did not, as with a server at its limit."""
        return self.heavy and self.answers
