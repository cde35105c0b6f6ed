"""Text inserted into a part within lines: inside HTML, or inside encoded text.

List software and scanners decode a part, add a footer or a banner, and encode it again; in HTML they add it
before ``</body>`` or after ``<body>``, often on the same line. Each removal gives one candidate body.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import islice

from mailproof.message.forensics.recode import from_base64, in_base64, quoted_printable
from mailproof.message.parts import Part

#: How far from the end or start of a part inserted text is searched for, in octets and in lines.
_REACH = 6_000
_MAX_CUT = 40
_MAX_PLACES = 150
_MAX_PAIR = (40, 60)
_BODY_TAG = re.compile(rb"<body\b[^>]{0,2000}>", re.IGNORECASE)

#: The removed text, and the body without it.
Removal = tuple[bytes, bytes]


def single_removals(body: bytes, parts: tuple[Part, ...]) -> Iterator[Removal]:
    """Bodies without text that may have been added to one text part."""
    for part in parts:
        if part.text:
            for text, content in _part_removals(body[part.body : part.end], part):
                yield text, body[: part.body] + content + body[part.end :]


def double_removals(body: bytes, parts: tuple[Part, ...]) -> Iterator[Removal]:
    """Bodies without text that may have been added to both alternatives."""
    texts = [part for part in parts if part.text]
    if len(texts) != 2:
        return
    one, other = texts
    lists = [
        list(islice(_part_removals(body[part.body : part.end], part, lines=True), limit))
        for part, limit in zip(texts, _MAX_PAIR, strict=True)
    ]
    for text, content in lists[0]:
        for _, second in lists[1]:
            between = body[one.end : other.body]
            yield text, body[: one.body] + content + between + second + body[other.end :]


def _part_removals(content: bytes, part: Part, *, lines: bool = False) -> Iterator[Removal]:
    """Candidates for one part. ``lines``: also whole unencoded lines, which ``body`` tries by itself."""
    encoded = part.encoding in ("base64", "quoted-printable")
    plain: bytes | None = content
    if encoded:
        plain = from_base64(content) if part.encoding == "base64" else binascii.a2b_qp(content)
    if plain is None:
        return
    found = _html_removals(plain) if part.media_type == "text/html" else iter(())
    if not encoded:
        yield from found
        if lines:
            yield from _line_removals(plain, 12)
        return
    tail = b"\r\n" if content.endswith(b"\r\n") else b""
    for text, rest in (*islice(_line_removals(plain, _MAX_CUT), 2 * _MAX_CUT), *found):
        yield text, _encoded(rest, part.encoding) + tail
    if part.media_type == "text/html" and part.encoding == "quoted-printable":
        yield from _html_removals(content)


def _encoded(plain: bytes, encoding: str) -> bytes:
    """Encode as common encoders do, without a final line ending."""
    if encoding == "base64":
        return in_base64(plain, 76)
    return quoted_printable(plain).replace(b"\n", b"\r\n").removesuffix(b"\r\n")


def _line_removals(text: bytes, limit: int) -> Iterator[Removal]:
    """Remove last lines, with and without the line ending before them; then first lines."""
    place = len(text.rstrip(b"\r\n"))
    for _ in range(limit):
        place = text.rfind(b"\n", 0, place)
        if place < 0:
            break
        kept = text[: place + 1]
        yield text[place + 1 :], kept
        if (bare := kept.rstrip(b"\r\n")) != kept:
            yield text[len(bare) :], bare
            place = len(bare)
    place = -1
    for _ in range(limit):
        place = text.find(b"\n", place + 1)
        if place < 0:
            break
        yield text[: place + 1], text[place + 1 :]


def _html_removals(text: bytes) -> Iterator[Removal]:
    """Remove text that may have been inserted before ``</body>`` or ``</html>``, or after ``<body>``."""
    lower = text.lower()
    ends = [lower.rfind(b"</body"), lower.rfind(b"</html"), len(text.rstrip(b"\r\n"))]
    for end in dict.fromkeys(place for place in ends if place > 0):
        for start in _places(text, max(0, end - _REACH), end)[: -_MAX_PLACES - 1 : -1]:
            yield text[start:end], text[:start] + text[end:]
    opened = _BODY_TAG.search(text[:100_000])
    start = opened.end() if opened else 0
    for end in _places(text, start + 1, start + _REACH)[:_MAX_PLACES]:
        yield text[start:end], text[:start] + text[end:]


def _places(text: bytes, start: int, end: int) -> list[int]:
    """The offsets of the starts of tags and lines, and the ends of tags."""
    found: set[int] = set()
    for mark, shift in ((b"<", 0), (b"\r\n", 0), (b"\r\n", 2), (b">", 1)):
        place = text.find(mark, start, end)
        while place >= 0:
            if start <= place + shift < end:
                found.add(place + shift)
            place = text.find(mark, place + 1, end)
    return sorted(found)
