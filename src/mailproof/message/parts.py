"""Locate the MIME parts of a body, as offsets into it (RFC 2046 section 5.1).

Made for restoring single parts: nothing is decoded, and anything malformed is one part. Bounded in depth and
number.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence

from msgspec import Struct

from mailproof.records.message import HeaderField, first_value

MAX_PARTS = 40
_MAX_DEPTH = 5
_MAX_HEAD = 16_384
_PARAMETER = r'\b{name}\s{{0,9}}=\s{{0,9}}(?:"([^"\r\n]{{1,200}})"|([^\s;"]{{1,200}}))'
#: A boundary parameter, quoted or not.
BOUNDARY = re.compile(_PARAMETER.format(name="boundary"), re.IGNORECASE)
_CHARSET = re.compile(_PARAMETER.format(name="charset"), re.IGNORECASE)


class Part(Struct, frozen=True):
    """A leaf part.

    ``start`` is the offset of its delimiter line and ``after`` that of the next; ``head`` and ``body`` are
    those of its header fields and its content; ``end`` is the end of its content, without the line ending
    that belongs to the delimiter. For a body of a single part all are 0 or the length.
    """

    start: int
    head: int
    body: int
    end: int
    after: int
    media_type: str = "text/plain"
    charset: str = ""
    encoding: str = "7bit"

    @property
    def text(self) -> bool:
        return self.media_type.startswith("text/")


def parts_of(headers: Sequence[HeaderField], body: bytes) -> tuple[Part, ...]:
    """The leaf parts of a message, like ``find_parts``."""
    kind, encoding = (first_value(headers, f"content-{name}") for name in ("type", "transfer-encoding"))
    return find_parts(body, kind, encoding)


def find_parts(
    body: bytes, content_type: str, encoding: str = "", depth: int = _MAX_DEPTH
) -> tuple[Part, ...]:
    """The leaf parts of a body in order, at most MAX_PARTS, according to its header.

    ``body`` has CRLF line endings. Anything deeper than ``depth`` is one part.
    """
    whole = _part(0, 0, 0, len(body), len(body), content_type, encoding)
    found: list[Part] = []
    _split(body, whole, content_type, found, depth)
    return tuple(found)


def decoded(content: bytes, encoding: str) -> bytes:
    """Remove a part's transfer encoding; the content is unchanged if that is invalid or missing."""
    try:
        if encoding == "base64":
            return binascii.a2b_base64(content)
    except binascii.Error:
        return content
    return binascii.a2b_qp(content) if encoding == "quoted-printable" else content


def _split(body: bytes, part: Part, content_type: str, found: list[Part], depth: int) -> None:
    match = BOUNDARY.search(content_type[:4096]) if part.media_type.startswith("multipart/") else None
    if match is None or depth <= 0:
        if len(found) < MAX_PARTS:
            found.append(part)
        return
    delimiter = b"--" + (match.group(1) or match.group(2)).rstrip().encode("latin-1", "replace")
    places = _delimiters(body, delimiter, part.body, part.end)
    if not places:
        found.append(part)
        return
    for place, following in zip(places, [*places[1:], None], strict=True):
        if body.startswith(delimiter + b"--", place):
            break
        line_end = body.find(b"\r\n", place)
        after = part.end if following is None else following
        if line_end < 0 or line_end >= after or len(found) >= MAX_PARTS:
            break
        head = line_end + 2
        blank = head if body.startswith(b"\r\n", head) else body.find(b"\r\n\r\n", head, head + _MAX_HEAD) + 2
        if blank < head or blank >= after:
            continue
        start = blank + 2
        end = max(start, after - 2) if following is not None else after
        fields = _fields(body[head:blank])
        kind, encoding = fields.get("content-type", ""), fields.get("content-transfer-encoding", "")
        _split(body, _part(place, head, start, end, after, kind, encoding), kind, found, depth - 1)


def _delimiters(body: bytes, delimiter: bytes, start: int, end: int) -> list[int]:
    places = [start] if body.startswith(delimiter, start) else []
    line_end = body.find(b"\r\n" + delimiter, start, end)
    while line_end >= 0 and len(places) <= MAX_PARTS:
        places.append(line_end + 2)
        line_end = body.find(b"\r\n" + delimiter, line_end + 2, end)
    return places


def _part(start: int, head: int, body: int, end: int, after: int, kind: str, encoding: str) -> Part:
    charset = _CHARSET.search(kind[:4096])
    return Part(
        start,
        head,
        body,
        end,
        after,
        kind.partition(";")[0].strip().lower()[:100] or "text/plain",
        (charset.group(1) or charset.group(2)).lower() if charset else "",
        encoding.partition("(")[0].strip().lower()[:40] or "7bit",
    )


def _fields(head: bytes) -> dict[str, str]:
    """A part's header fields by lower-case name; the first one if repeated."""
    lines = head.replace(b"\r\n\t", b" ").replace(b"\r\n ", b" ").decode("latin-1").split("\r\n")
    named = [line.partition(":") for line in reversed(lines)]
    return {name.lower(): value.strip() for name, _, value in named}
