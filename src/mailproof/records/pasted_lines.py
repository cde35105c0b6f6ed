"""Repairs the lines of a pasted message: removes quote marks and X- prefixes, restores lost folding."""

from __future__ import annotations

import re
from itertools import pairwise

from mailproof.records.pasted_copy import Pasted

#: Octets that are examined at the start, and the largest header section that is refolded.
_START = 16_384
_MAX_HEADER = 500_000
_KNOWN = (
    b"delivered-to return-path received x-received received-spf authentication-results dkim-signature "
    b"arc-seal arc-message-signature arc-authentication-results from to cc subject date message-id "
    b"mime-version content-type content-transfer-encoding reply-to sender list-unsubscribe list-id "
    b"references in-reply-to envelope-to x-original-to precedence priority importance organization "
    b"user-agent errors-to auto-submitted"
)
_NAMES = frozenset(_KNOWN.split())
_KNOWN_FIELD = rb"(?:" + rb"|".join(_KNOWN.split()) + rb")[ \t]{0,9}:"
#: What a reply or a ticket system puts before each line: marks, spaces.
QUOTED = re.compile(rb"^([^A-Za-z0-9\r\n]{1,12})(?=" + _KNOWN_FIELD + rb")", re.MULTILINE | re.IGNORECASE)
_STARTS = re.compile(rb"(?:From |[!-9;-~]{1,998}[ \t]{0,80}:)")
#: Field names, with the punctuation that programs use in them (RFC 5322 section 2.2 allows more).
NAME = rb"[A-Za-z][A-Za-z0-9_./-]{0,77}"
_FIELD = re.compile(rb"(" + NAME + rb")[ \t]{0,9}:(?=([ \t\r]|\Z)?)")
_X_FIELD = re.compile(rb"^X-(?=[A-Za-z \t])", re.MULTILINE | re.IGNORECASE)
_END = re.compile(rb"\n[ \t]{0,80}\r?\n|\r\r(?!\n)")
#: A line of blanks that no field is below.
_BLANKS = re.compile(rb"\n[ \t]{1,200}\r?\n(?!\s{0,200}" + _KNOWN_FIELD + rb")", re.IGNORECASE)
_OPEN_LIST = re.compile(rb"[;\s:]h[ \t]{0,9}=[^;]*\Z")
_SIGNATURES = (b"dkim-signature", b"arc-message-signature")
_NO_NAMES = frozenset((b"http", b"https", b"mailto", b"ftp", b"tel", b"ipv6"))
#: Consecutive lines without the mark that still belong to the quotation: the quoting program wrapped them.
_MAX_WRAPPED = 2
#: Widths at which mail programs wrap text.
_NARROW, _WIDE = 60, 132
#: Octets of the preceding field that are examined.
_TAIL = 4096


def header_of(raw: bytes) -> bytes:
    """The lines before the first empty line."""
    found = _END.search(raw, 0, _MAX_HEADER)
    return raw[: found.start() + 1] if found else raw[:_MAX_HEADER]


def unpad(copy: Pasted) -> None:
    """Remove blanks at the ends of lines, if the line below the header has them and no line is empty."""
    raw = copy.raw
    if b"\n\n" in raw or b"\n\r\n" in raw or not _BLANKS.search(raw, 0, _MAX_HEADER):
        return
    words = "lines ended in blanks, as in a copy from a terminal: signatures may not verify without them"
    copy.undo(b"\n".join([line.rstrip(b" \t\r") for line in raw.split(b"\n")]), words)


def unprefix(copy: Pasted) -> None:
    """Remove the indentation or quote marks before each line, and any unquoted text."""
    raw = copy.raw
    if _STARTS.match(raw) and not raw.startswith((b">", b"|", b"#", b"*")):
        return
    found = QUOTED.search(raw, 0, _START)
    if found is None:
        return
    mark = found[1]
    bare = mark.rstrip(b" \t") or mark
    optional = mark[len(bare) :]
    kept: list[bytes] = []
    pending: list[bytes] = []
    for line in raw[found.start() :].splitlines(keepends=True):
        if line.startswith(bare):
            kept += pending
            pending = []
            rest = line[len(bare) :]
            kept.append(rest[len(optional) :] if optional and rest.startswith(optional) else rest)
        elif not bare.strip() and not line.strip():
            pending.append(line)  # an empty line that was not indented
        elif len([each for each in pending if each.strip()]) < _MAX_WRAPPED:
            pending.append(line if not line.strip() else b" " + line)
        else:
            break
    text = b"".join(kept)
    if len([line for line in text[:_START].splitlines()[:40] if _FIELD.match(line)]) < 2:
        return
    words = "is indented" if not bare.strip() else f"starts with {bare.decode('utf-8', 'replace')!r}"
    copy.undo(text, f"each line {words}, as pasted text does: that was removed, so signatures may not verify")


def without_x(copy: Pasted) -> None:
    """Remove the "X-" that a ticket system put before each field name."""
    head = header_of(copy.raw)
    bare: set[bytes] = set()
    for line in head.splitlines():
        if match := _FIELD.match(line):
            name = match[1].lower()
            if not name.startswith(b"x-"):
                return
            bare.add(name[2:])
    if b"from" not in bare or len(bare & _NAMES) < 3 or not bare & {b"received", b"return-path", b"date"}:
        return
    body = copy.raw[len(head) :]
    lines = [line for line in body.splitlines()[:40] if line.strip()]
    if lines and sum(line.startswith(b"X-") for line in lines) * 10 >= len(lines) * 9:
        body = re.sub(rb"^X-[ ]?", b"", body, flags=re.MULTILINE)
    words = "“X-” before the name of each field was removed, so signatures may not verify"
    copy.undo(_X_FIELD.sub(b"", head) + body, words)


def refold(copy: Pasted) -> None:
    """Restore the space before continuation lines that have lost it."""
    head = header_of(copy.raw)
    lines = head.splitlines(keepends=True)
    if len(lines) < 2 or not _FIELD.match(lines[0]):
        return
    wrapped: int | None = None
    out, stray, folded, after = [lines[0]], 0, 0, False
    name, field = _field_name(lines[0], b"", b""), lines[0]
    for line in lines[1:]:
        if line[:1] in b" \t":
            folded += 1
            field = field[-_TAIL:] + line
        elif found := _field_name(line, name, field):
            name, field = found, line
            after = after or (stray > 0 and name in _NAMES)
        else:
            stray += 1
            wrapped = _wrapped_at(lines) if wrapped is None else wrapped
            if wrapped:  # the previous line was cut at full width, or at the space before this word
                above = out.pop().rstrip(b"\r\n")
                line = above + (b"" if len(above) >= wrapped else b" ") + line
            else:
                line = b" " + line
            field = field[-_TAIL:] + line
        out.append(line)
    if not stray or not after:
        return
    if stray * 2 < folded and not wrapped:
        # A few stray lines in an otherwise folded header: servers end the header there.
        copy.altered = copy.altered or "the header has lines that are not fields"
        return
    words = "folded lines had lost the space at their start: it was put back, so signatures may not verify"
    copy.undo(b"".join(out) + copy.raw[len(head) :], words)


def _wrapped_at(lines: list[bytes]) -> int:
    """The width at which the header was wrapped when it was copied; 0 if there is no sign of that."""
    width = max(len(line.rstrip(b"\r\n")) for line in lines)
    if not _NARROW <= width <= _WIDE:
        return 0
    odd = [
        _cut(above, line, width)
        for above, line in pairwise(lines)
        if line[:1] not in b" \t" and not _FIELD.match(line)
    ]
    return width if odd and all(odd) else 0


def _cut(above: bytes, line: bytes, width: int) -> bool:
    """Whether a line is the overflow of the previous one."""
    bare, word = above.rstrip(b"\r\n"), line.split(maxsplit=1)
    return bool(word) and len(bare) + len(word[0]) >= width


def _field_name(line: bytes, above: bytes, text: bytes) -> bytes:
    """The name of the field that a line starts, if any; names with colons in a signature's h= don't count.

    ``above`` is the name of the preceding field, ``text`` its text.
    """
    match = _FIELD.match(line)
    name = match[1].lower() if match is not None else b""
    if match is None or name in _NO_NAMES:
        return b""
    if above in _SIGNATURES and _OPEN_LIST.search(text[-_TAIL:].rstrip()):
        return b""
    return name if match[2] is not None or name in _NAMES or name.startswith(b"x-") else b""
