"""Compare bodies part by part: re-encoded, given a footer, wrapped, or changed outright."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Sequence

from msgspec import Struct

from mailproof.mail.envelope import crlf
from mailproof.message.canonical import canonical_body
from mailproof.message.parts import Part, decoded, parts_of
from mailproof.model import Change
from mailproof.printable import clean
from mailproof.records.charsets import decode_charset
from mailproof.records.message import HeaderField

MAX_BODY = 10 * 1024 * 1024
MAX_SHOWN = 400
_DIFF_LINES = 400


class _Part(Struct, frozen=True):
    kind: str
    encoding: str
    text: str


def compare_bodies(
    before_fields: Sequence[HeaderField], before: bytes, after_fields: Sequence[HeaderField], after: bytes
) -> list[Change]:
    """The changes. Those that relaxed body canonicalization (DKIM) ignores are marked harmless."""
    old, new = crlf(before), crlf(after)
    if canonical_body(old, "simple") == canonical_body(new, "simple"):
        return []
    if canonical_body(old, "relaxed") == canonical_body(new, "relaxed"):
        return [Change("body", "white space", "changed", harmless=True)]
    if max(len(before), len(after)) > MAX_BODY:
        return [_resized("body", before, after)]
    changes = _match(_parts(before_fields, old), _parts(after_fields, new))
    return changes or [_wrapping(old, new)]


def _match(old: list[_Part], new: list[_Part]) -> list[Change]:
    changes: list[Change] = []
    left = list(new)
    for part in old:
        alike = [each for each in left if each.kind == part.kind]
        twin = next((each for each in alike if each.text == part.text), None) or next(iter(alike), None)
        if twin is None:
            changes.append(Change("body", part.kind, "removed", before=_shown(part.text)))
            continue
        left.remove(twin)
        changes += _changed(part, twin)
    for part in left:
        changes.append(Change("body", f"{part.kind} (part)", "added", after=_shown(part.text)))
    return changes


def _changed(old: _Part, new: _Part) -> list[Change]:
    if old.text == new.text:
        if old.encoding == new.encoding:
            return []
        return [Change("body", f"{new.kind} encoding", "changed", before=old.encoding, after=new.encoding)]
    added = _inserted(old.text, new.text)
    if added:
        where = "footer" if new.text.startswith(old.text) else "insertion"
        return [Change("body", f"{new.kind} {where}", "added", after=_shown(added))]
    before, after = _difference(old.text, new.text)
    return [Change("body", new.kind, "changed", before=_shown(before), after=_shown(after))]


def _inserted(old: str, new: str) -> str:
    """The inserted text, if a single insertion is the only difference."""
    if len(new) <= len(old):
        return ""
    head = 0
    while head < len(old) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < len(old) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return new[head : len(new) - tail].strip() if head + tail == len(old) else ""


def _difference(old: str, new: str) -> tuple[str, str]:
    """The first lines that differ."""
    a, b = old.split("\n")[:_DIFF_LINES], new.split("\n")[:_DIFF_LINES]
    for op, a0, a1, b0, b1 in difflib.SequenceMatcher(None, a, b, autojunk=True).get_opcodes():
        if op != "equal":
            return "\n".join(a[a0:a1]), "\n".join(b[b0:b1])
    return old, new


def _wrapping(old: bytes, new: bytes) -> Change:
    """The contents are equal, but not the structure around them: boundaries, part headers, line lengths.

    A footer after the last boundary comes from software that treats every message as plain text.
    """
    added = _inserted(old.decode("utf-8", "replace"), new.decode("utf-8", "replace"))
    if added:
        return Change("body", "text outside the MIME parts", "added", after=_shown(added))
    return _resized("MIME structure", old, new)


def _resized(what: str, old: bytes, new: bytes) -> Change:
    return Change("body", what, "changed", before=f"{len(old)} octets", after=f"{len(new)} octets")


def _parts(fields: Sequence[HeaderField], body: bytes) -> list[_Part]:
    """The leaf parts; anything nested too deeply, or beyond the most parts, is one part."""
    return [
        _Part(clean(each.media_type), each.encoding, _text(each, body)) for each in parts_of(fields, body)
    ]


def _text(part: Part, body: bytes) -> str:
    """The content with line endings and trailing blanks normalized for comparison."""
    raw = decoded(body[part.body : part.end], part.encoding)
    if part.text:
        with contextlib.suppress(LookupError, UnicodeError):
            raw = decode_charset(raw, part.charset or "utf-8").encode()
    plain = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip("\n")


def _shown(text: str) -> str:
    return "\n".join(clean(line) for line in text[:MAX_SHOWN].split("\n")).strip()
