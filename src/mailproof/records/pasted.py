"""Cleans up messages as people paste and save them: removes extra text before, around and between lines.

Decides by the start of the input only, and reports every correction. Removing text before the message is
harmless; any change to its lines may break a signature, so the copy then counts as ``altered``.
"""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from itertools import islice, takewhile

import msgspec

from mailproof.printable import counted
from mailproof.records import pasted_lines as lines_of
from mailproof.records.forwarded_text import without_forward_marker
from mailproof.records.pasted_copy import Pasted

#: Octets that are examined at the start.
_START = 16_384
#: Octets of a web page that are read.
_MAX_PAGE = 5_000_000
_MAX_BLOCKS = 10
_BLANK_LINES = re.compile(rb"(?:[ \t]{0,200}\r?\n){1,1000}")
_FIELD = re.compile(lines_of.NAME + rb"[ \t]{0,9}:")
_STARTS = re.compile(rb"From |" + _FIELD.pattern)
#: Fields at the top of a message that was received.
_TRACE = re.compile(
    rb"^(?:Delivered-To|Return-Path|Received|X-Received|Received-SPF|Authentication-Results|"
    rb"DKIM-Signature|ARC-[A-Za-z-]{4,40}|X-Apparently-To|X-Original-To|Envelope-to|X-[A-Za-z-]{1,60})"
    rb"[ \t]{0,9}:[ \t]{0,9}\S",
    re.MULTILINE | re.IGNORECASE,
)
_ANY_TRACE = re.compile(rb"^(?:Received|Return-Path|DKIM-Signature)[ \t]{0,9}:", re.MULTILINE | re.IGNORECASE)
#: A header section in the form and folding that servers write: nothing extra was pasted.
_IN_ORDER = re.compile(
    rb"(?:From [^\r\n]*\r?\n)?(?:(?!SPF:|DKIM:|DMARC:)" + lines_of.NAME + rb":[ \t\r][^\r\n]*\r?\n"
    rb"(?:[ \t][^\r\n]*\r?\n)*+){2,}+\r?\n"
)
#: Patterns that begin with the preceding line end match ten times faster than with "^"; a line end is
#: prepended to the text for them.
#: A row of the table on Gmail's page "Original message", in any language: no field has this name.
_PAGE_ROW = re.compile(rb"\n[ \t]{0,9}(?:SPF|DKIM|DMARC)[ \t]{0,3}:")
_MAX_ROWS = 4096
#: The first field of a message that was not received (the sender's own copy).
_FIRST = re.compile(
    rb"^(?:MIME-Version|Date|Message-ID|From|To|Subject|References|In-Reply-To|Content-Type):[ ]\S",
    re.MULTILINE,
)
_WEB_PAGE = re.compile(rb"\s{0,1000}<(?:!doctype|html|head|body|div|pre|meta)[\s>]", re.IGNORECASE)
_PREFORMATTED = re.compile(rb"<(pre|textarea)\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(rb"</?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>", re.IGNORECASE)
_BREAK = re.compile(rb"<br\s{0,9}/?>|</(?:div|p|tr|li)>", re.IGNORECASE)
_FENCE = re.compile(rb"\n[ ]{0,3}(```|~~~)[`~]{0,9}[a-z]{0,20}[ \t]{0,9}(?=(\r?\n))")
_ENTITY = re.compile(rb"&(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34|#x22|#160|#xa0);", re.IGNORECASE)
#: The form of addresses in Mailman's archive (pipermail).
_ARCHIVED = re.compile(
    rb"From (\S{1,100}) at (\S{1,255})(  ?[A-Z][^\r\n]{10,90}\r?\nFrom: )\1 at \2(?=[ \r\n])"
)
#: Apple Mail's file format (.emlx): the message's length, the message, a property list.
_EMLX = re.compile(rb"(\d{1,9})[ \t]{0,20}\r?\n")
#: A message as APIs return it: base64 or base64url, in one or more lines.
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{60,}(?:\s{1,4}[A-Za-z0-9+/_-]{1,1000000}){0,100000}={0,2}\s{0,100}\Z")
#: An equals sign in text that is not encoded as quoted-printable (RFC 2045 section 6.7).
_EQUALS = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,9}\r?\n)")
#: An encoded equals sign or CR, or a soft line break at the width of quoted-printable within a field. All
#: begin with "=", which is found faster than a line of that width.
_QUOTED_PRINTABLE = re.compile(
    rb"=(?:3[Dd]|0D[ \t]{0,9}\r?\n"
    rb"|(?<=[^\r\n]{70}=)(?<![^\r\n]{76}=)\r?\n(?![ \t\r\n]|[!-9;-~]{1,78}:))"
)
_BRACKETED = re.compile(rb"&lt;[^\s<>&]{1,320}&gt;")


def tidy(raw: bytes) -> Pasted:
    """The message without extra pasted text."""
    copy = Pasted(raw)
    if _has_travelled_whole(raw):
        return copy
    _encoded(copy)
    _wrapped(copy)
    _page(copy)
    _start(copy)
    _entities(copy)
    lines_of.unprefix(copy)
    _blank_lines(copy)
    _fence(copy)
    table = _gmail_table(copy)
    if not table and not _FIELD.match(copy.raw) and not copy.raw.startswith(b"From "):
        _from_trace(copy)
    if _ANY_TRACE.search(copy.raw, 0, _START) is None:
        without_forward_marker(copy)
    if copy.raw.find(b"\n\n", 0, 1000) >= 0 and (single := _single_spaced(copy.raw)):
        words = "there was an empty line after each line: those were removed, so signatures may not verify"
        copy.undo(single, words)
    lines_of.unpad(copy)
    lines_of.without_x(copy)
    lines_of.refold(copy)
    return copy


def unwrapped(raw: bytes) -> bytes:
    """The message, decoded and extracted from an enclosing file format."""
    copy = Pasted(raw)
    _encoded(copy)
    _wrapped(copy)
    if lines_of.QUOTED.match(copy.raw):
        lines_of.unprefix(copy)
    _blank_lines(copy)
    return copy.raw


def _has_travelled_whole(raw: bytes) -> bool:
    """Whether it starts with an intact header section as servers write it: the rest is the message."""
    head = _IN_ORDER.match(raw)
    if head is None or b"&lt;" in head[0] or _QUOTED_PRINTABLE.search(head[0]):
        return False
    return b"\nReceived: " in b"\n" + head[0]


def _encoded(copy: Pasted) -> None:
    start = copy.raw[:60]
    little, big = (start[which::2].count(0) > 25 for which in (1, 0))
    if copy.raw.startswith((b"\xff\xfe", b"\xfe\xff")) or little or big:
        words = "the file was saved as UTF-16: it was converted, so signatures may not verify"
        coding = "utf-16-le" if little else "utf-16-be" if big else "utf-16"
        copy.undo(copy.raw.decode(coding, "replace").removeprefix("\ufeff").encode("utf-8"), words)
    if copy.raw.startswith(b"\xef\xbb\xbf"):
        words = "a byte order mark before the first header was skipped"
        copy.undo(copy.raw[3:], words, altered=False)


def _wrapped(copy: Pasted) -> None:
    """Extract a message from a program's file format or an API's response."""
    _blank_lines(copy)
    if (length := _EMLX.match(copy.raw)) is not None:
        message = copy.raw[length.end() :]
        if message[int(length[1]) :].startswith(b"<?xml"):
            words = "the message was extracted from the file of Apple's Mail (.emlx)"
            copy.undo(message[: int(length[1])], words, altered=False)
    elif _BASE64.match(copy.raw):
        packed = b"".join(copy.raw.split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            message = base64.b64decode(packed + b"=" * (-len(packed) % 4))
        except binascii.Error:
            return
        if _STARTS.match(message):
            copy.undo(message, "the message was encoded in base64: it was decoded", altered=False)
    elif _QUOTED_PRINTABLE.search(head := lines_of.header_of(copy.raw)) and not _EQUALS.search(head):
        words = "the message was encoded as quoted-printable: it was decoded"
        copy.undo(quopri.decodestring(copy.raw), words, altered=False)
    elif _ARCHIVED.match(copy.raw):
        copy.partial = "it is of a list's archive, which keeps few fields and writes “name at domain”"
        copy.undo(_ARCHIVED.sub(rb"From \1@\2\3\1@\2", copy.raw, count=1), copy.partial)
    elif copy.raw[:1] in (b"{", b'"') and (message := _in_json(copy.raw)):
        copy.undo(message, "the message was a string in JSON: it was extracted", altered=False)
        _wrapped(copy)


def _in_json(raw: bytes) -> bytes:
    """The longest string of a JSON object, or a bare string, if it is a message or base64 of one."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return b""
    values = found.values() if isinstance(found, dict) else [found]
    text = max((each for each in values if isinstance(each, str)), key=len, default="")
    message = text.encode("utf-8", "replace")
    return message if _STARTS.match(message) or _BASE64.match(message) else b""


def _page(copy: Pasted) -> None:
    """Extract the message from a saved web page that shows its source; other pages are left unchanged."""
    if not _WEB_PAGE.match(copy.raw):
        return
    page = copy.raw[:_MAX_PAGE]
    lower = page.lower()
    for opening in islice(_PREFORMATTED.finditer(page), _MAX_BLOCKS):
        end = lower.find(b"</" + opening[1].lower(), opening.end())
        end = end if end >= 0 else len(page)
        start = _text_of(page[opening.end() : min(end, opening.end() + 2 * _START)])
        if _ANY_TRACE.search(start, 0, _START):
            found = _text_of(page[opening.end() : end])
            copy.undo(found.lstrip(b"\r\n"), "this is a web page: the message was extracted from it")
            return
    shown = _text_of(_BREAK.sub(b"\n", page))
    trace = _TRACE.search(shown)
    if trace and _ANY_TRACE.search(shown, trace.start(), trace.start() + _START):
        words = "this is a web page: its text was read as the message"
        copy.undo(shown[trace.start() :], words)


def _text_of(markup: bytes) -> bytes:
    """Remove tags and decode entities."""
    return _unescaped(_TAG.sub(b"", markup))


def _unescaped(text: bytes) -> bytes:
    return _ENTITY.sub(lambda match: html.unescape(match[0].decode()).replace("\xa0", " ").encode(), text)


def _start(copy: Pasted) -> None:
    _blank_lines(copy)
    raw = copy.raw
    if b"\r\r\n" in raw[:2000] and raw.count(b"\r\r\n") == raw.count(b"\n"):
        words = "each line ends in CR CR LF, as after a copy in text mode: these were read as CR LF"
        copy.undo(raw.replace(b"\r\r\n", b"\r\n"), words, altered=False)
    head = copy.raw[:_START]
    if b"\xa0" in head and (b"\n\xc2\xa0" in head or b":\xc2\xa0" in head):
        words = "non-breaking spaces, as in text copied from a web page, were read as spaces"
        copy.undo(copy.raw.replace(b"\xc2\xa0", b" "), words)
    if b"\n\xe2\x80\x8b" in b"\n" + head:
        words = "characters without width, as in text copied from a chat, were removed"
        copy.undo(copy.raw.replace(b"\xe2\x80\x8b", b""), words)


def _blank_lines(copy: Pasted) -> None:
    if copy.raw[:1] in b"\r\n \t" and (blank := _BLANK_LINES.match(copy.raw)):
        copy.raw = copy.raw[blank.end() :]
    if copy.raw[:1] == b"\r":
        copy.raw = copy.raw.lstrip(b"\r")


def _entities(copy: Pasted) -> None:
    """Decode entities in text that was copied from markup: "&lt;" for "<"."""
    head = lines_of.header_of(copy.raw)
    if b"&lt;" in head and not re.search(rb"<[^<>\s]{1,320}>", head) and _BRACKETED.search(head):
        words = "HTML entities (&lt; for <) were decoded, so signatures may not verify"
        copy.undo(_unescaped(copy.raw), words)


def _fence(copy: Pasted) -> None:
    """Extract the message from a Markdown code block."""
    for opening in islice(_FENCE.finditer(b"\n" + copy.raw[:_START]), _MAX_BLOCKS):
        start = opening.end() - 1 + len(opening[2])
        if not _FIELD.match(copy.raw, start):
            continue
        end = copy.raw.find(b"\n" + opening[1], start)
        words = "the message was extracted from a Markdown code block"
        copy.undo(copy.raw[start : end + 1 if end >= 0 else None], words, altered=False)
        return


def _gmail_table(copy: Pasted) -> bool:
    """Skip the table of Gmail's page "Show original"; returns whether there was one."""
    rows = list(_PAGE_ROW.finditer(b"\n" + copy.raw[:_MAX_ROWS]))
    trace = _ANY_TRACE.search(copy.raw, 0, _START) if rows else None
    if not rows or (trace and trace.start() < rows[0].start()):
        return False
    below = rows[-1].end() - 1
    found = _TRACE.search(copy.raw, below, below + _START) or _FIRST.search(copy.raw, below, below + _START)
    if found is None:
        copy.partial = (
            "this is only the table of Gmail's page “Original message”: copy the text below it too "
            "(“Copy to clipboard”)"
        )
        copy.problems.append(copy.partial)
        return True
    _skip(copy, found.start())
    return True


def _from_trace(copy: Pasted) -> None:
    """Skip to the first field of a received message, if text or a page's table precedes it."""
    raw = copy.raw
    found = _TRACE.search(raw, 0, _START)
    if found is None:
        return
    above = raw[: found.start()]
    if not above.endswith((b"\n\n", b"\n\r\n", b"\n \n", b"\n\t\n")) and _FIELD.search(above):
        return  # a field is above it: the header section starts further up
    if b"\n" not in above.strip() or not _ANY_TRACE.search(raw, found.start(), found.start() + _START):
        return
    _skip(copy, found.start())


def _skip(copy: Pasted, end: int) -> None:
    """Drop the lines above the message."""
    lines = copy.raw.count(b"\n", 0, end)
    words = f"skipped {counted(lines, 'line')} above the message, from the page that it was copied from"
    copy.undo(copy.raw[end:], words, altered=False)


def _single_spaced(raw: bytes) -> bytes:
    """Drop the empty line after each line; b"" if the text is not double-spaced."""
    lines = raw[:4000].replace(b"\r\n", b"\n").split(b"\n")[:24]
    if len(lines) < 12 or any(line.strip() for line in lines[1::2]):
        return b""
    fields = list(takewhile(bool, lines[0::2]))
    if len(fields) < 3 or not all(_FIELD.match(line) or line[:1] in (b" ", b"\t") for line in fields):
        return b""
    return raw.replace(b"\r\n", b"\n").replace(b"\n\n", b"\n")
