"""The cause of a failed signature, and the budget for finding it."""

from __future__ import annotations

from msgspec import Struct


class Mangling(Struct, frozen=True):
    """A modification of the message: a stable code and the end of a sentence ("… after signing")."""

    code: str
    reason: str


class Effort(Struct):
    """The remaining budget for one message, in octets hashed (approximately): some 0.5 s in all."""

    left: int = 24_000_000

    def spend(self, cost: int) -> bool:
        """Spend from the budget; returns False once it is exhausted."""
        self.left -= cost
        return self.left >= 0
