"""Split a notification into text, machine-readable fields, and the returned message (RFC 6522)."""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.mail.envelope import crlf
from mailproof.message.content import text_of
from mailproof.message.parts import decoded, parts_of
from mailproof.printable import clean, without_sign_in
from mailproof.records.html_text import visible_text
from mailproof.records.message import HeaderField, first_value, split_fields

MAX_BYTES = 1024 * 1024
#: Characters or octets of a part that are read.
MAX_PART = 60_000
MAX_LINES = 600
MAX_LINE = 2000

_STATUS_TYPES = tuple(
    f"message/{kind}"
    for kind in ("delivery-status", "global-delivery-status", "feedback-report", "disposition-notification")
)
_RETURNED_TYPES = ("message/", "text/rfc822-headers", "text/rfc822")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/td)\b[^<>]{0,500}>", re.I)
#: Fields by which a returned message is recognized in a part without Content-Type.
OF_A_MESSAGE = frozenset({"received", "return-path", "message-id", "dkim-signature"})


class Parts(Struct, frozen=True):
    """``words`` are lines of text, ``status`` machine-readable lines, ``returned`` the original message."""

    fields: tuple[HeaderField, ...] = ()
    words: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    returned: bytes = b""


def read_parts(raw: bytes) -> Parts:
    """Split a message, up to MAX_BYTES of it. A lone CR counts as a line ending too."""
    fields, body = split_fields(crlf(raw[:MAX_BYTES]))
    words: list[str] = []
    page: list[str] = []
    status: list[str] = []
    returned = b""
    for part in parts_of(fields, body):
        head, media = split_fields(body[part.head : part.body])[0], part.media_type
        own = part.head == part.body  # its header is the message's
        content = decoded(body[part.body : part.end], part.encoding)
        named = own or bool(first_value(head, "content-type"))
        if media.startswith(_STATUS_TYPES):
            status.extend((*text_lines(text_of(content[:MAX_PART], part, [])), ""))
        elif media.startswith(_RETURNED_TYPES) or (not named and any(f.key in OF_A_MESSAGE for f in head)):
            returned = returned or (content if named else body[part.head : part.body])
        elif returned:
            continue  # what follows the returned message is part of it
        elif media == "text/html":
            text = text_of(content[:MAX_PART], part, [])
            page.extend(text_lines(visible_text(_BREAK.sub("\n", text))))
        elif media in ("text", "text/plain") or media.startswith("multipart/"):
            words.extend((*text_lines(text_of(content[:MAX_PART], part, [])), ""))
    shown = words if any(line.strip() for line in words) else page
    return Parts(fields, tuple(shown[:MAX_LINES]), tuple(status[:MAX_LINES]), returned)


def text_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, with anything unsafe for a terminal removed."""
    return tuple(clean(line, MAX_LINE) for line in without_sign_in(text[:MAX_PART]).splitlines()[:MAX_LINES])
