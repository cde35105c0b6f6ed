"""The messages that are attached to saved ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailproof.errors import MessageError
from mailproof.mail.saved import SavedMessage
from mailproof.message.enclosed import attachments
from mailproof.message.parts import Part, find_parts
from mailproof.records.message import RawMessage, parse_message

#: A forward of a forward of a forward.
_MAX_DEPTH = 4
#: Messages that are taken out in all.
_MAX_MESSAGES = 1000


def attached_messages(messages: Iterable[SavedMessage]) -> tuple[SavedMessage, ...]:
    """The innermost attached messages of each; one that has none has a ``problem``."""
    found: list[SavedMessage] = []
    for each in messages:
        found += [each] if each.problem else _of(each)
        if len(found) >= _MAX_MESSAGES:
            break
    return tuple(found[:_MAX_MESSAGES])


def _of(saved: SavedMessage) -> list[SavedMessage]:
    try:
        inner = list(_innermost(saved.raw, saved.source or "the input", _MAX_DEPTH))
    except MessageError as error:
        return [SavedMessage(saved.source, b"", str(error))]
    return inner or [SavedMessage(saved.source, b"", "no message is attached to it")]


def _innermost(raw: bytes, source: str, depth: int) -> Iterator[SavedMessage]:
    message = parse_message(raw)
    for number, each in enumerate(attachments(message, parts_of(message)), 1):
        label = f"{source}, attached message {number}"
        deeper: list[SavedMessage] = []
        if depth > 1:
            try:
                deeper = list(_innermost(each.raw, label, depth - 1))
            except MessageError:
                deeper = []
        yield from deeper or [SavedMessage(label, each.raw)]


def parts_of(message: RawMessage) -> tuple[Part, ...]:
    """The MIME parts of a message."""
    return find_parts(message.body, message.first("content-type"), message.first("content-transfer-encoding"))
