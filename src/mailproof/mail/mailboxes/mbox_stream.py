"""An mbox read message by message, however large it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar

from mailproof.mail.mailboxes.kept import Kept
from mailproof.records.message import MBOX_LINE

K = TypeVar("K", bound=Kept)

CHUNK = 256 * 1024
#: A "From " line with the empty line before it is not longer.
_LONGEST = 4096
_BEGIN = re.compile(rb"\n\r?\n(?=" + MBOX_LINE.pattern + rb")")


def mbox_stream(stream: BinaryIO, keep: Callable[[], K]) -> Iterator[tuple[int, K]]:
    """The messages of an mbox (RFC 4155), each with its "From " line; what ``keep`` makes takes one.

    With each comes where it begins, in octets from the stream's position. What is before the first "From "
    line is left out, and so is the empty line before the next one, which belongs to the mbox.
    """
    held, at = b"\n\n", -2  # a message may begin at once
    current: K | None = None
    began, ended = 0, False
    while not ended:
        piece = stream.read(CHUNK)
        ended = not piece
        held += piece
        safe = len(held) if ended else max(len(held) - _LONGEST, 0)  # after it a line may be incomplete
        done = 0
        for found in _BEGIN.finditer(held):
            if found.start() >= safe:
                break
            if current is not None:
                current.feed(held[done : found.start() + 1])
                yield began, current
            done, current = found.end(), keep()
            began = at + done
        cut = max(done, safe)
        if current is not None:
            current.feed(held[done:cut])
        at += cut
        held = held[cut:]
    if current is not None:
        yield began, current
