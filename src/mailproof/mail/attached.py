"""Extract the messages attached to saved ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mailproof.errors import MessageError
from mailproof.mail.saved import SavedMessage
from mailproof.message.enclosed import attachments
from mailproof.message.parts import parts_of
from mailproof.records.message import parse_message

#: How deep attached messages are followed: a forward of a forward of a forward.
_MAX_DEPTH = 4
#: The most messages extracted from one.
_MAX_MESSAGES = 1000


class Attached:
    """The innermost messages attached to each of the saved ones; one without any yields a ``problem``."""

    def __init__(self, messages: Iterable[SavedMessage]) -> None:
        self._messages = messages

    def __iter__(self) -> Iterator[SavedMessage]:
        for each in self._messages:
            yield from (each,) if each.problem else _attached_to(each)


def _attached_to(saved: SavedMessage) -> list[SavedMessage]:
    try:
        inner = list(islice(_innermost(saved.raw, saved.source or "the input", _MAX_DEPTH), _MAX_MESSAGES))
    except MessageError as error:
        return [SavedMessage(saved.source, b"", str(error))]
    return inner or [SavedMessage(saved.source, b"", "no message is attached to it")]


def _innermost(raw: bytes, source: str, depth: int) -> Iterator[SavedMessage]:
    message = parse_message(raw)
    for number, each in enumerate(attachments(message, parts_of(message.headers, message.body)), 1):
        label = f"{source}, attached message {number}"
        deeper: list[SavedMessage] = []
        if depth > 1:
            try:
                deeper = list(_innermost(each.raw, label, depth - 1))
            except MessageError:
                deeper = []
        yield from deeper or [SavedMessage(label, each.raw)]
