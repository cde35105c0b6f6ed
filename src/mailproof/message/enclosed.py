"""Messages that a message forwards: attached, or quoted in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mailproof.message.content import text_of
from mailproof.message.parts import Part, decoded
from mailproof.model import Enclosed
from mailproof.records.forwarded_text import find_forwarded, may_forward
from mailproof.records.header_text import decode_words
from mailproof.records.html_text import visible_text
from mailproof.records.message import RawMessage, first_value, split_fields

#: Attached messages that are read, and octets of text that are searched.
MAX_ATTACHED = 20
_MAX_TEXT = 300_000
_MESSAGE_TYPES = ("message/rfc822", "message/global")
_EML = re.compile(rb"(?:file)?name\*?=[^\r\n]{0,300}\.eml\b", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|hr)\b[^<>]{0,200}>", re.IGNORECASE)


class Attachment(Struct, frozen=True):
    """An attached message: a description, and its octets."""

    facts: Enclosed
    raw: bytes


def attachments(message: RawMessage, parts: tuple[Part, ...]) -> Iterator[Attachment]:
    """The attached messages, at most MAX_ATTACHED. A report's returned message is not one of them."""
    count = 0
    for part in parts:
        head = message.body[part.head : part.body]
        if part.media_type not in _MESSAGE_TYPES and not _EML.search(head):
            continue
        raw = decoded(message.body[part.body : part.end], part.encoding).lstrip(b"\r\n")
        fields, _ = split_fields(raw[:200_000])
        if not any(each.key in ("from", "received", "subject") for each in fields):
            continue
        author, subject = (decode_words(first_value(fields, key))[:200] for key in ("from", "subject"))
        yield Attachment(Enclosed("attached", author, subject), raw)
        count += 1
        if count == MAX_ATTACHED:
            return


def find_enclosed(message: RawMessage, parts: tuple[Part, ...]) -> tuple[Enclosed, ...]:
    """The messages that a message forwards; none for reports, which return one."""
    if not message.has_body or message.first("content-type").lower().startswith("multipart/report"):
        return ()
    attached = tuple(each.facts for each in attachments(message, parts))
    return attached or _quoted(message, parts)


def _quoted(message: RawMessage, parts: tuple[Part, ...]) -> tuple[Enclosed, ...]:
    subject = decode_words(message.first("subject"))
    for part in parts:
        if part.media_type not in ("text/plain", "text/html"):
            continue
        content = decoded(message.body[part.body : part.end][:_MAX_TEXT], part.encoding)
        text = text_of(content, part, [])
        html = part.media_type == "text/html"
        if not may_forward(visible_text(text) if html else text, subject):
            continue
        if html:
            shown = visible_text(_BREAK.sub("\n", text)).split("\n")
            text = "\n".join([bare for line in shown if (bare := line.strip())])
        if found := find_forwarded(text.replace("\xa0", " "), subject):
            return (Enclosed("quoted", found.author, found.subject),)
    return ()
