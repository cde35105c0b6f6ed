"""One cause of a failed signature, and what may be spent on finding it."""

from __future__ import annotations

from msgspec import Struct


class Mangling(Struct, frozen=True):
    """What was done to the message: a stable word and a sentence's end ("… after signing")."""

    code: str
    reason: str


class Effort(Struct):
    """What may still be spent on one message, in about octets hashed: some 0.5 s in all."""

    left: int = 24_000_000

    def spend(self, cost: int) -> bool:
        """Whether there was that much left."""
        self.left -= cost
        return self.left >= 0
