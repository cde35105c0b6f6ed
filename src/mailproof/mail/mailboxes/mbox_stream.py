"""A mailbox in one file read message by message, however large it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from re import Pattern
from typing import BinaryIO, TypeVar

from mailproof.mail.mailboxes.kept import Kept
from mailproof.records.mbox import BEFORE, between

K = TypeVar("K", bound=Kept)

CHUNK = 256 * 1024
#: What is between two messages is not longer.
_LONGEST = 4096


def mbox_stream(stream: BinaryIO, keep: Callable[[], K]) -> Iterator[tuple[int, K]]:
    """The messages of a mailbox, each with its "From " line; what ``keep`` makes takes one.

    With each comes where what is before it begins, in octets from the stream's position: from there on it is
    read again. What is before the first is left out, and so is what is between two, which belongs to the
    mailbox.
    """
    held, at = b"\n\n", -2  # a message may begin at once
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
        safe = len(held) if ended else max(len(held) - _LONGEST, 0)  # after it a line may be incomplete
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
