"""Parses a raw message into its header fields, as octets in order, and its body (RFC 5322 section 2).

Only the outermost structure is parsed, line by line and without recursion, so the time is linear in the size
for any input. MIME is not parsed: nothing that is verified here needs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import islice
from typing import Literal

from msgspec import Struct

from mailproof.errors import MessageError
from mailproof.files import unpacked_by
from mailproof.grouping import grouped
from mailproof.model import MessageShape
from mailproof.records.mbox import is_mailbox, mbox_pieces, sender_in, without_from_line
from mailproof.records.pasted import tidy

#: The largest message that is read, in octets. Gmail and Microsoft refuse far smaller ones.
MAX_MESSAGE = 100_000_000
#: The first octets of a compound file ([MS-CFB] section 2.2), which Outlook's .msg is.
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Header fields, and lines of them, that are read: small ones take up a hundred times their size in memory.
#: No server lets such a message through (Exchange 256 KB of header, Postfix 100 KB a field).
MAX_FIELDS = 20_000
MAX_HEADER_LINES = 500_000
#: RFC 5322 section 2.1.1: octets in a line without its CRLF.
MAX_LINE = 998
#: Lines of other text before the first header field that are skipped (a title pasted along).
_MAX_PREAMBLE = 10
_MAX_PROBLEMS = 20
#: Line ends are converted in pieces of this many octets, each extended to a whole line.
_PIECE = 262_144

_WHOLE_FIELD = re.compile(rb"^([!-9;-~]{1,998})[ \t]{0,80}:[^\n]*\n?(?:[ \t][^\n]*\n?)*+", re.MULTILINE)
_BLANK = frozenset((b"\n", b"\r\n", b"\r\r\n", b"\r", b"\r\r", b"\r\r\r"))
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_WEB_PAGE = re.compile(rb"\s{0,1000}<(?:!doctype|html|\?xml)[\s>]", re.IGNORECASE)
#: The hashes of an empty body, relaxed and simple, SHA-256 and SHA-1 (RFC 6376 sections 3.4.3 and 3.4.4).
_EMPTY_BODIES = (
    b"bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    b"bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=",
    b"bh=2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
    b"bh=uoq1oCgLlTqpdDX/iUbLy7J1Wic=",
)

_TOO_LONG = (
    f"the header has more than {MAX_FIELDS:,} fields or {MAX_HEADER_LINES:,} lines: no server "
    "accepts such a message, so it was not checked"
)
LineEnds = Literal["crlf", "lf", "cr", "mixed", "none"]


class HeaderField(Struct, frozen=True, gc=False):
    """One header field. ``raw`` is the whole field with its original folding, with CRLF after each line.

    ``key`` is its name in lower case; ``value`` is unfolded, without surrounding white space, and decoded as
    UTF-8, or as Latin-1 if that fails.
    """

    name: str
    raw: bytes
    key: str
    value: str

    @classmethod
    def of(cls, name: str, raw: bytes) -> HeaderField:
        """Create a field from its name and octets."""
        value = decode_header_bytes(raw.partition(b":")[2].replace(b"\r\n", b""))
        return cls(name, raw, name.lower(), value.strip(" \t\r\n"))

    @property
    def raw_value(self) -> bytes:
        """The part after the colon with its original folding and the final CRLF."""
        return self.raw.partition(b":")[2]


class RawMessage(Struct, frozen=True, dict=True):
    """A message. ``headers`` are in order, ``by_name`` is keyed by lower-case name, ``body`` uses CRLF.

    ``has_body`` is False if the empty line after the header section is missing: only headers were pasted, or
    the message was cut off within them. ``shape`` is the form of the input,
    ``mbox_sender`` the address of an mbox "From " line.
    """

    headers: tuple[HeaderField, ...]
    by_name: Mapping[str, tuple[HeaderField, ...]]
    body: bytes
    size: int
    has_body: bool
    shape: MessageShape
    mbox_sender: str | None = None
    problems: tuple[str, ...] = ()
    altered: str = ""
    partial: str = ""

    def fields(self, name: str) -> tuple[HeaderField, ...]:
        """All header fields of that name, in lower case, from the top."""
        return self.by_name.get(name, ())

    def values(self, name: str) -> tuple[str, ...]:
        """The values of all header fields of that name, from the top."""
        return tuple(each.value for each in self.fields(name))

    def first(self, name: str) -> str:
        """The value of the topmost header field of that name, or ""."""
        found = self.by_name.get(name)
        return found[0].value if found else ""

    def to_bytes(self) -> bytes:
        """The message with CRLF line ends throughout."""
        parts = [each.raw for each in self.headers]
        if self.has_body:
            parts += [b"\r\n", self.body]
        return b"".join(parts)


def decode_header_bytes(raw: bytes) -> str:
    """Decode as UTF-8 (RFC 6532), or as Latin-1 if that fails. Never raises."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def parse_message(raw: bytes) -> RawMessage:
    """Parse a message; of an mbox file, the first one.

    Raises MessageError if it is empty, has no header field at all, is larger than MAX_MESSAGE, or has more
    than MAX_FIELDS header fields.
    """
    _check_size(raw)
    size = len(raw)
    copy = tidy(raw)
    raw, problems = copy.raw, copy.problems
    sender: bytes | None = None
    if is_mailbox(raw):
        sender, raw = _first_of_mbox(raw, problems)
    if _WEB_PAGE.match(raw):
        raise MessageError(
            "this is a web page, not an e-mail message: save the message itself (.eml, 'show original')"
        )
    ends, bare_lf, bare_cr = _line_ends(raw)
    if ends == "cr":
        raw = raw.replace(b"\r", b"\r\n")
    fields, offset, has_body = _headers(raw, problems, crlf=not bare_lf)
    if not any(each.name.replace("-", "").isalnum() for each in fields):
        raise _no_message(raw)
    body = (_crlf_throughout(raw, offset) if bare_lf else raw[offset:]) if has_body else b""
    if has_body and (not body or body.isspace()) and _signed_a_body(fields):
        has_body, body = False, b""
        problems.append("a body was signed, but only the header was given")
    longest, long_lines = _long_lines(raw)
    return RawMessage(
        headers=fields,
        by_name={name: tuple(found) for name, found in grouped(fields, lambda each: each.key).items()},
        body=body,
        size=size,
        has_body=has_body,
        shape=MessageShape(
            line_ends=ends,
            bare_lf=bare_lf if ends == "mixed" else 0,
            bare_cr=bare_cr,
            longest_line=longest,
            long_lines=long_lines,
            nul_octets=raw.count(0) if 0 in raw else 0,
        ),
        mbox_sender=None if sender is None else decode_header_bytes(sender),
        problems=tuple(problems),
        altered=copy.altered,
        partial=copy.partial,
    )


def _check_size(raw: bytes) -> None:
    if len(raw) > MAX_MESSAGE:
        raise MessageError(
            f"the message has {len(raw):,} octets; at most {MAX_MESSAGE:,} are read: "
            "cut the attachments off, or give only the headers"
        )
    if not raw.strip(b" \t\r\n\0\x1a"):
        raise MessageError("the message is empty: give a saved message (.eml) or its headers")


def _first_of_mbox(raw: bytes, problems: list[str]) -> tuple[bytes | None, bytes]:
    """The sender in the "From " line of an mbox's first message, and that message without the line."""
    pieces = mbox_pieces(raw)
    first = next(pieces, b"")
    message = without_from_line(first)
    if next(pieces, None) is not None:
        problems.append("the file is an mbox with several messages: only the first was checked")
    if not message.strip():
        raise MessageError("the first message of the mbox is empty")
    return sender_in(first), message


def _no_message(raw: bytes) -> MessageError:
    """Why data that has no header field is not a message."""
    if command := unpacked_by(raw):
        return MessageError(f"it is compressed: unpack it first ({command})")
    return MessageError(
        "this is not an e-mail message: it does not start with a header field (like 'From: …'); save "
        "its source (.eml, 'show original')"
    )


def split_fields(raw: bytes) -> tuple[tuple[HeaderField, ...], bytes]:
    """Split header fields and body at the first empty line, without checks. Never raises.

    Lines that are not fields are dropped. Meant for parts of reports, templates and sent copies of messages.
    """
    if raw.startswith((b"\r\n", b"\n")):
        return (), raw.lstrip(b"\r\n")
    empty = _EMPTY_LINE.search(raw)
    head = raw[: empty.start() + 1] if empty else raw
    fields = (
        HeaderField.of(match[1].decode("ascii"), _crlf(match[0]))
        for match in islice(_WHOLE_FIELD.finditer(head), MAX_FIELDS)
    )
    return tuple(fields), raw[empty.end() :] if empty else b""


def first_value(fields: Sequence[HeaderField], key: str) -> str:
    """The value of the first field with that lower-case name, or ""."""
    return next((each.value for each in fields if each.key == key), "")


def _line_ends(raw: bytes) -> tuple[LineEnds, int, int]:
    """The kind of line ends, and the numbers of bare LF and bare CR."""
    crlf = raw.count(b"\r\n")
    if crlf and crlf * 2 == len(raw) - len(raw.translate(None, b"\r\n")):
        return "crlf", 0, 0
    lf, cr = raw.count(b"\n"), raw.count(b"\r")
    if not lf and cr:
        return "cr", 0, 0
    if not lf:
        return "none", 0, 0
    ends: LineEnds = "crlf" if crlf == lf else "mixed" if crlf else "lf"
    return ends, lf - crlf, cr - crlf


def _signed_a_body(fields: tuple[HeaderField, ...]) -> bool:
    """Whether there are signatures, none of them over an empty body."""
    texts = [b"".join(each.raw_value.split()) for each in fields if each.key == "dkim-signature"]
    found = [text for text in texts if b"bh=" in text]
    return bool(found) and not any(empty in text for text in found for empty in _EMPTY_BODIES)


def _long_lines(raw: bytes) -> tuple[int, tuple[int, ...]]:
    """The length of the longest line over MAX_LINE (0: none), and the numbers of the first ten such lines."""
    starts: list[int] = []
    longest, start, size = 0, 0, len(raw)
    while size - start > MAX_LINE:
        end = raw.rfind(b"\n", start, start + MAX_LINE + 2)
        if end < 0:
            end = raw.find(b"\n", start)
            end = size if end < 0 else end
            length = len(raw[start:end].rstrip(b"\r"))
            if length > MAX_LINE:
                longest = max(longest, length)
                if len(starts) < 10:
                    starts.append(start)
        start = end + 1
    return longest, tuple(raw.count(b"\n", 0, start) + 1 for start in starts)


def _headers(raw: bytes, problems: list[str], *, crlf: bool) -> tuple[tuple[HeaderField, ...], int, bool]:
    """The header fields, the offset of the body and whether there is one; ``crlf``: all lines end in CRLF."""
    no_blank_line = b"\n\r\n" not in raw and b"\n\n" not in raw
    found: list[tuple[bytes, list[bytes]]] = []
    position, size, loose, preamble, has_body = 0, len(raw), 0, 0, False
    while position < size:
        if loose > MAX_HEADER_LINES or len(found) > MAX_FIELDS:
            raise MessageError(_TOO_LONG)
        if match := _WHOLE_FIELD.match(raw, position):
            found.append((match[1], [match[0]]))
            position = match.end()
            continue
        end = raw.find(b"\n", position)
        after = size if end < 0 else end + 1
        line = raw[position:after]
        loose += 1
        if line in _BLANK:
            if found:
                position, has_body = after, True
                break
        elif not found:
            preamble += 1
            if preamble > _MAX_PREAMBLE or b"\0" in line[:200]:
                return (), 0, False
            if preamble == 1:
                where = _line_at(raw, position)
                problems.append(f"{where} is not a header field: text before the first one was skipped")
        elif line[:1] in b" \t":
            found[-1][1].append(line)
        elif no_blank_line:
            if len(problems) < _MAX_PROBLEMS:
                where, name = _line_at(raw, position), found[-1][0].decode("ascii")
                problems.append(f"{where} is neither a header field nor folded: it was added to {name}")
            found[-1][1].append(b" " + line)
        else:
            # Like Postfix: a line that is not a header field ends the header section.
            where = _line_at(raw, position)
            problems.append(f"{where} is not a header field: the body was taken to start there")
            has_body = True
            break
        position = after
    if len(found) > MAX_FIELDS or raw.count(b"\n", 0, position) > MAX_HEADER_LINES:
        raise MessageError(_TOO_LONG)
    fields = []
    for written, lines in found:
        text = b"".join(lines)
        fields.append(HeaderField.of(written.decode("ascii"), text if crlf and has_body else _crlf(text)))
    return tuple(fields), position, has_body


def _line_at(raw: bytes, position: int) -> str:
    """The line at an offset, in words."""
    number = raw.count(b"\n", 0, position) + 1
    return f"line {number}"


def _crlf_throughout(raw: bytes, offset: int) -> bytes:
    """The data from ``offset`` with CRLF for bare LF, converted piecewise to hold a large body only once."""
    result = BytesIO()
    while offset < len(raw):
        end = raw.find(b"\n", offset + _PIECE)
        end = len(raw) if end < 0 else end + 1
        result.write(raw[offset:end].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        offset = end
    return result.getvalue()


def _crlf(lines: bytes) -> bytes:
    """End each line with CRLF."""
    if not lines.endswith(b"\n"):
        lines += b"\n"
    return lines.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
