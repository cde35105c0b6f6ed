"""Messages as people paste and save them: what stands before, beside and between their lines is taken off.

Only the start is looked at to decide; what is undone is told, since it may cost a signature.
"""

from __future__ import annotations

import re
from itertools import takewhile

#: Octets from the start that are looked at.
_START = 16_384
#: Non-empty lines that are looked at for what stands before each.
_LOOKED_AT = 40
_BLANK_LINES = re.compile(rb"(?:[ \t]{0,200}\r?\n){1,1000}")
_NAME = rb"[A-Za-z][A-Za-z0-9-]{0,77}"
_FIELD = re.compile(rb"%s[ \t]{0,9}:" % _NAME)
_BEFORE = re.compile(rb"(?:[ \t]{1,40}|(?:>[ \t]?){1,5}|\|[ \t]?)(?=%s[ \t]{0,9}:)" % _NAME)
#: Fields that stand at the top of a message that has travelled.
_TRACE = re.compile(
    rb"^(?:Delivered-To|Return-Path|Received|X-Received|Received-SPF|Authentication-Results|"
    rb"DKIM-Signature|ARC-[A-Za-z-]{4,40}|X-Apparently-To|X-Original-To|Envelope-to|X-[A-Za-z-]{1,60})"
    rb"[ \t]{0,9}:[ \t]{0,9}\S",
    re.MULTILINE | re.IGNORECASE,
)
_ANY_TRACE = re.compile(rb"^(?:Received|Return-Path|DKIM-Signature)[ \t]{0,9}:", re.MULTILINE | re.IGNORECASE)


def tidy(raw: bytes, problems: list[str]) -> bytes:
    """The input without what was pasted along. ``problems`` tell what was taken off."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems.append(
            "the file was saved as UTF-16: it was read as text, signatures over it may not verify"
        )
        raw = raw.decode("utf-16", "replace").encode("utf-8")
    if raw.startswith(b"\xef\xbb\xbf"):
        problems.append("a byte order mark stands before the first header: it was skipped")
        raw = raw[3:]
    if raw[:1] in b"\r\n \t" and (blank := _BLANK_LINES.match(raw)):
        raw = raw[blank.end() :]
    if raw[:1] == b"\r":
        raw = raw.lstrip(b"\r")
    if b"\r\r\n" in raw[:2000] and raw.count(b"\r\r\n") == raw.count(b"\n"):
        problems.append("each line ends in CR CR LF, as after a copy in text mode: they were read as CR LF")
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if before := _BEFORE.match(raw):
        raw = _unprefixed(raw, before.group(), problems)
    if not _FIELD.match(raw) and not raw.startswith(b"From "):
        raw = _from_trace(raw, problems)
    elif raw.find(b"\n\n", 0, 1000) >= 0 and (single := _single_spaced(raw)):
        problems.append(
            "an empty line stands behind each line: they were taken out, signatures may not verify"
        )
        raw = single
    return raw


def _unprefixed(raw: bytes, prefix: bytes, problems: list[str]) -> bytes:
    """Without the indentation or the quotation marks before each line."""
    bare = prefix.rstrip(b" \t")
    lines = [line for line in raw[:_START].splitlines()[:_LOOKED_AT] if line.strip()]
    if sum(line.startswith(bare or prefix[:1]) for line in lines) * 10 < len(lines) * 9:
        return raw
    words = "is indented" if prefix.isspace() else f"starts with {bare.decode('latin-1')!r}"
    problems.append(f"each line {words}, as pasted text does: that was taken off, signatures may not verify")
    optional = prefix[len(bare) :]
    pattern = rb"^" + re.escape(bare) + (rb"(?:%s)?" % re.escape(optional) if optional else rb"")
    return re.sub(pattern, b"", raw, flags=re.MULTILINE)


def _from_trace(raw: bytes, problems: list[str]) -> bytes:
    """From the first field of a message that travelled, where a page's own table or words stand before it.

    Gmail's page "Original Message" has lines like "From:" and "SPF:" of its own above the message.
    """
    found = _TRACE.search(raw, 0, _START)
    if found is None:
        return raw
    above = raw[: found.start()]
    if not above.endswith((b"\n\n", b"\n\r\n", b"\n \n", b"\n\t\n")) and _FIELD.search(above):
        return raw  # a field stands above it: the header section starts further up
    if b"\n" not in above.strip() or not _ANY_TRACE.search(raw, found.start(), found.start() + _START):
        return raw
    lines = above.count(b"\n")
    problems.append(f"the first {lines} lines belong to the page that it was copied from: they were skipped")
    return raw[found.start() :]


def _single_spaced(raw: bytes) -> bytes:
    """Without the empty line behind each line; b"" where it is not so."""
    lines = raw[:4000].replace(b"\r\n", b"\n").split(b"\n")[:24]
    if len(lines) < 12 or any(line.strip() for line in lines[1::2]):
        return b""
    fields = list(takewhile(bool, lines[0::2]))
    if len(fields) < 3 or not all(_FIELD.match(line) or line[:1] in (b" ", b"\t") for line in fields):
        return b""
    return raw.replace(b"\r\n", b"\n").replace(b"\n\n", b"\n")
