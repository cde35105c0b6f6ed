"""The parts of a notification: words for people, fields for programs, and what came back (RFC 6522)."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re

from msgspec import Struct, field

from mailproof.printable import clean
from mailproof.records.charsets import decode_charset
from mailproof.records.message import HeaderField, first_value, split_fields

MAX_BYTES = 1024 * 1024
#: Parts that are read, how deep, and the size of what is read of one.
MAX_PARTS = 60
MAX_DEPTH = 6
MAX_PART = 60_000
MAX_LINES = 600
MAX_LINE = 2000

_STATUS_TYPES = tuple(
    f"message/{kind}"
    for kind in ("delivery-status", "global-delivery-status", "feedback-report", "disposition-notification")
)
_RETURNED_TYPES = ("message/", "text/rfc822-headers", "text/rfc822")
_BOUNDARY = re.compile(r"boundary\s{0,5}=\s{0,5}(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.I)
_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}\"?([\w.:+-]{1,40})", re.I)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/td)\b[^<>]{0,500}>", re.I)
_HIDDEN = re.compile(r"<(style|script|head|title)\b.{0,50000}?</\1", re.I | re.S)
_TAG = re.compile(r"<[/!a-z][^<>]{0,2000}>", re.I)
#: Fields that begin a returned message where a part has no Content-Type.
_OF_A_MESSAGE = frozenset({"received", "return-path", "message-id", "dkim-signature"})


class Parts(Struct, frozen=True):
    """``words`` are the lines for people, ``status`` those for programs, ``returned`` the message."""

    fields: tuple[HeaderField, ...] = ()
    words: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    returned: bytes = b""


class _Found(Struct, frozen=True):
    words: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    returned: list[bytes] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)


def read_parts(raw: bytes) -> Parts:
    """The parts of a message, at most MAX_BYTES of it. CR alone ends a line as well."""
    text = raw[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    fields, body = split_fields(text)
    found = _Found()
    _walk(fields, body, 0, found)
    words = found.words if any(line.strip() for line in found.words) else found.html
    return Parts(
        fields,
        tuple(words[:MAX_LINES]),
        tuple(found.status[:MAX_LINES]),
        found.returned[0] if found.returned else b"",
    )


def text_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, without what no terminal should see."""
    return tuple(clean(line, MAX_LINE) for line in text[:MAX_PART].splitlines()[:MAX_LINES])


def _walk(fields: tuple[HeaderField, ...], body: bytes, depth: int, found: _Found) -> None:
    found.seen.append(depth)
    if len(found.seen) > MAX_PARTS or depth > MAX_DEPTH:
        return
    kind = first_value(fields, "content-type")
    media = kind.partition(";")[0].strip().lower()
    if media.startswith("multipart/"):
        sections = _sections(kind, body)
        for section in sections:
            _walk(*split_fields(section), depth + 1, found)
        if sections:
            return
    if any(media.startswith(each) for each in _STATUS_TYPES):
        found.status.extend((*_lines(fields, body), ""))
    elif media.startswith(_RETURNED_TYPES) or (depth and not media and _is_message(fields)):
        found.returned.append(_decoded(fields, body) if media else b"".join(f.raw for f in fields))
    elif found.returned:
        return  # what follows the returned message belongs to it
    elif media == "text/html":
        found.html.extend(text_lines(_plain(_text(fields, body))))
    elif media in ("", "text", "text/plain") or media.startswith("multipart/"):
        found.words.extend((*_lines(fields, body), ""))


def _is_message(fields: tuple[HeaderField, ...]) -> bool:
    return any(each.key in _OF_A_MESSAGE for each in fields)


def _sections(kind: str, body: bytes) -> list[bytes]:
    """The sections between the boundary's lines; none where the boundary does not occur."""
    found = _BOUNDARY.search(kind)
    if found is None:
        return []
    mark = b"--" + (found[1] or found[2]).rstrip().encode("utf-8", "surrogateescape")
    pieces = (b"\n" + body).split(b"\n" + mark)
    sections: list[bytes] = []
    for piece in pieces[1 : MAX_PARTS + 1]:
        if piece.startswith(b"--"):
            break
        sections.append(piece.partition(b"\n")[2])
    return sections


def _decoded(fields: tuple[HeaderField, ...], body: bytes) -> bytes:
    encoding = first_value(fields, "content-transfer-encoding").strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding == "base64":
        packed = b"".join(body.split())
        try:
            return base64.b64decode(packed[: len(packed) // 4 * 4])
        except binascii.Error:
            return body
    return body


def _text(fields: tuple[HeaderField, ...], body: bytes) -> str:
    raw = _decoded(fields, body[: MAX_PART * 3])[:MAX_PART]
    named = _CHARSET.search(first_value(fields, "content-type"))
    try:
        return decode_charset(raw, named[1] if named else "utf-8")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _lines(fields: tuple[HeaderField, ...], body: bytes) -> tuple[str, ...]:
    return text_lines(_text(fields, body))


def _plain(text: str) -> str:
    """The words of a page."""
    return html.unescape(_TAG.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", text))))
