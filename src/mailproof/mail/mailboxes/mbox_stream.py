"""Read a mailbox file message by message, however large it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from re import Pattern
from typing import BinaryIO, TypeVar

from mailproof.mail.mailboxes.kept import Kept
from mailproof.records.mbox import BEFORE, between

K = TypeVar("K", bound=Kept)

CHUNK = 256 * 1024
#: The longest separator between two messages.
_LONGEST = 4096


def mbox_stream(stream: BinaryIO, keep: Callable[[], K]) -> Iterator[tuple[int, K]]:
    """Yield the messages of a mailbox, each with its "From " line, in a buffer made by ``keep``.

    Each comes with the offset of its separator from the stream's initial position, from which it can be read
    again. Separators, and anything before the first message, are left out.
    """
    held, at = b"\n\n", -2  # a message may start immediately
    current: K | None = None
    place = began = 0
    ended = False
    begin: Pattern[bytes] | None = None
    while not ended:
        piece = stream.read(CHUNK)
        if begin is None:
            first = piece.lstrip(BEFORE)
            at += len(piece) - len(first)
            piece, begin = first, between(first)
        ended = not piece
        held += piece
        safe = len(held) if ended else max(len(held) - _LONGEST, 0)  # beyond this, a line may be incomplete
        done = 0
        for found in begin.finditer(held):
            if found.start() >= safe:
                break
            if current is not None:
                current.feed(held[done : found.start() + 1])
                yield place, current
            done, current = found.end(), keep()
            place, began = max(at + found.start() + 1, 0), at + done
        cut = max(done, safe)
        if current is not None:
            current.feed(held[done:cut])
        at += cut
        held = held[cut:]
    if current is not None and began < at:
        yield place, current
