"""Single-file mailboxes: mbox (RFC 4155), where each message begins with a "From " line, and MMDF, where
messages are delimited by lines of four ^A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: What editors may put before the first message: a byte order mark, empty lines.
BEFORE = b"\xef\xbb\xbf\r\n"
#: The subject of the pseudo-message in which UW IMAP, Alpine and Dovecot store internal data.
_INTERNAL = b"\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"
#: Octets of a message that are searched for that subject.
MAX_INTERNAL = 2000
#: The maximum length of a "From " line.
MAX_FROM_LINE = 3000
#: A "From " line: a time followed by a year; or an empty one before a header field, as Thunderbird writes it.
#: The atomic group stops at the first time, which keeps matching linear.
MBOX_LINE = re.compile(
    rb"From (?:(?=(?>[^\r\n]{0,998}?\d:\d\d)[^\r\n]{0,998}?\d{4})[^\r\n]{0,2990}\r?(?:\n|\Z)"
    rb"|\r?\n(?=[A-Za-z][A-Za-z0-9-]{0,77}:))"
)
#: A "From " line that needs no empty line before it, since it can hardly be ordinary text: it has a complete
#: date in machine format, and is followed by two header fields or a folded one.
_SURE_LINE = (
    rb"From [^\r\n]{1,998}? (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d(?::\d\d)?"
    rb"(?: [+\w-]{1,40}){0,3}? \d{4}(?: [+-]\d{4})?(?: remote from \S{1,255})?[ \t]{0,9}\r?\n"
    rb"[A-Za-z][!-9;-~]{0,77}:[^\r\n]{0,998}\r?\n(?:[ \t]|[A-Za-z][!-9;-~]{0,77}:)"
)
_BETWEEN = re.compile(rb"\n(?:\r?\n(?=" + MBOX_LINE.pattern + rb")|(?=" + _SURE_LINE + rb"))")
_MMDF_LINE = re.compile(rb"\x01{4}\r?\n")
_MMDF_BETWEEN = re.compile(rb"\n(?:\x01{4}\r?\n)+")
#: A quoted local part may contain spaces.
_SENDER = re.compile(rb'From\s{1,9}(<?"(?:[^"\\\r\n]|\\.){0,320}"@\S{1,255}|\S{1,600})')
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mailbox(start: bytes) -> bool:
    """Whether the data begins like a mailbox, ignoring a byte order mark and leading empty lines."""
    start = start.lstrip(BEFORE)
    return MBOX_LINE.match(start) is not None or is_mmdf(start)


def is_mmdf(start: bytes) -> bool:
    """Whether the data begins like an MMDF mailbox."""
    return _MMDF_LINE.match(start) is not None


def between(start: bytes) -> re.Pattern[bytes]:
    """The separator of a mailbox with this beginning; its first line end still belongs to the message."""
    return _MMDF_BETWEEN if is_mmdf(start) else _BETWEEN


def mbox_pieces(raw: bytes) -> Iterator[bytes]:
    """Yield the messages of a mailbox unchanged, each with its "From " line; any other file as a whole."""
    if not is_mailbox(raw):
        yield raw
        return
    raw = raw.lstrip(BEFORE)
    marks = _MMDF_LINE.match(raw)
    start = marks.end() if marks else 0
    for found in between(raw).finditer(raw, max(start - 1, 0)):
        if found.start() >= start:
            yield raw[start : found.start() + 1]
        start = found.end()
    if start < len(raw):
        yield raw[start:]


def split_mbox(raw: bytes) -> Iterator[bytes]:
    """Yield the messages of a mailbox, without their "From " lines and with ">From " unquoted."""
    return map(without_from_line, mbox_pieces(raw))


def without_from_line(piece: bytes) -> bytes:
    """Undo the mbox format of a message; any other input is returned unchanged."""
    match = MBOX_LINE.match(piece)
    if match is None:
        return piece
    raw = piece[match.end() :]
    return _QUOTED.sub(rb"\1", raw) if b"\n>" in raw else raw


def is_internal(start: bytes) -> bool:
    """Whether it is a program's internal data rather than mail, which would have a Received field."""
    return _INTERNAL in start and b"\nReceived:" not in start


def sender_in(piece: bytes) -> bytes | None:
    """The return path in a message's "From " line, if any."""
    line = MBOX_LINE.match(piece)
    words = _SENDER.match(line[0]) if line else None
    return words[1].strip(b"<>") if words else None
