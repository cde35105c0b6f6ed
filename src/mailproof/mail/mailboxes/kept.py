"""Keep the start of data that arrives in pieces. Anything over the limit is dropped as it arrives."""

from __future__ import annotations

from mailproof.mail.mailboxes.limits import MAX_TEXT


class Kept:
    """The first ``limit`` octets; ``cut`` if there were more."""

    def __init__(self, limit: int = MAX_TEXT) -> None:
        self.data = bytearray()
        self.cut = False
        self._limit = limit

    def feed(self, piece: bytes) -> None:
        room = self._limit - len(self.data)
        if len(piece) > room:
            self.cut = True
            piece = piece[: max(room, 0)]
        self.data += piece
