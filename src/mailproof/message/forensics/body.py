"""What was done to a body whose hash differs: see ``forensics``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from mailproof.message.canonical import canonical_body
from mailproof.message.forensics.effort import Effort, Mangling
from mailproof.message.forensics.inline import Removal, double_removals, single_removals
from mailproof.message.forensics.undo import undone
from mailproof.message.parts import Part
from mailproof.printable import one_line
from mailproof.records.dkim_signature import Canonicalization, DkimSignature
from mailproof.records.message import RawMessage

#: Longer insertions than this many lines are not looked for, nor in bodies of more than the second number.
_MAX_BLOCK = 40
_MAX_LINES = 4_000
_MAX_PAIR = 12
#: What one line costs beside its octets.
_LINE_COST = 64


def find_body_cause(
    message: RawMessage, parts: tuple[Part, ...], signature: DkimSignature, effort: Effort
) -> Mangling | None:
    """The mangling that, undone, restores the body hash; None where none does."""
    how, length, wanted = signature.body_canonicalization, signature.body_length, signature.body_hash
    other: Canonicalization = "simple" if how == "relaxed" else "relaxed"
    if hashlib.sha256(canonical_body(message.body, other)[:length]).digest() == wanted:
        if how == "simple":
            reason = "white space was added to lines, which simple canonicalization does not allow"
            return Mangling("trailing-space", reason)
        return Mangling("canonicalization", "the signer hashed the body unchanged, though c= says relaxed")
    unix = message.body.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
    if hashlib.sha256(unix[:length]).digest() == wanted:
        return Mangling("line-ends", "the signer hashed lines that ended in LF alone")
    for undo in undone(message, parts):
        if not effort.spend(len(undo.body) + 500):
            return None
        canonical = canonical_body(undo.body, how)
        if length is not None:
            if hashlib.sha256(canonical[:length]).digest() == wanted:
                return Mangling(undo.code, undo.reason)
            continue
        if not effort.spend(_LINE_COST * canonical.count(b"\n")):
            return None
        end = _signed_prefix(canonical, how, wanted)
        if end is None:
            continue
        return _told(undo.code, undo.reason, canonical, end)
    if length is None:
        return _insertion(message.body, parts, how, wanted, effort)
    return None


def _inline(
    removals: Iterator[Removal], how: Canonicalization, wanted: bytes, effort: Effort, where: str
) -> Mangling | None:
    """Text inside lines or inside encoded text."""
    for text, body in removals:
        if not effort.spend(len(body) + 300):
            return None
        if hashlib.sha256(canonical_body(body, how)).digest() == wanted:
            return Mangling("inserted", f"text was inserted into {where} ({shown(text)})")
    return None


def _told(code: str, reason: str, canonical: bytes, end: int) -> Mangling:
    rest = canonical[end:]
    if not rest.strip():
        return Mangling(code or "trailing-space", reason or "blank lines were changed")
    if end == 0:
        sentence = "an empty body was signed: the signer saw none, or all of the text was added afterwards"
        return Mangling("empty-signed", sentence)
    lines = rest.strip().count(b"\n") + 1
    footer = f"{_count(lines)} appended to the end ({shown(rest)})"
    return Mangling(code or "appended", f"{reason}, and {footer}" if reason else footer)


def _signed_prefix(canonical: bytes, how: Canonicalization, wanted: bytes) -> int | None:
    """The end of the longest whole-line prefix with that hash, in one pass: empty lines at its end count
    for nothing.
    """
    digest = hashlib.sha256(canonical).digest()
    if digest == wanted:
        return len(canonical)
    if hashlib.sha256(b"" if how == "relaxed" else b"\r\n").digest() == wanted:
        return 0
    state, position, held, found = hashlib.sha256(), 0, 0, None
    while (end := canonical.find(b"\r\n", position) + 2) >= 2:
        if end - position > 2:
            state.update(canonical[held:end])
            held = end
            if state.copy().digest() == wanted:
                found = end
        position = end
    return found


def _insertion(
    body: bytes, parts: tuple[Part, ...], how: Canonicalization, wanted: bytes, effort: Effort
) -> Mangling | None:
    """One block of lines put in somewhere, or one in each of two text parts."""
    # What is inside lines may take a third of the effort: most of what follows is less likely.
    share = Effort(effort.left // 3)
    effort.left -= share.left
    if body.count(b"\r\n") <= _MAX_LINES:
        found = _whole_lines(body, parts, how, wanted, effort, share)
    else:
        found = _inline(single_removals(body, parts), how, wanted, share, "a text part")
    return found or _inline(double_removals(body, parts), how, wanted, share, "both text parts")


def _whole_lines(
    body: bytes, parts: tuple[Part, ...], how: Canonicalization, wanted: bytes, effort: Effort, share: Effort
) -> Mangling | None:
    canonical = canonical_body(body, how)
    lines = canonical.split(b"\r\n")[:-1]
    state = hashlib.sha256()
    states = [state.copy()]
    for line in lines:
        state.update(line + b"\r\n")
        states.append(state.copy())
    # Line numbers are the same in the body and in its canonical form.
    starts, ends = _places(body, parts)
    for blocks in (_near(starts, ends), _anywhere(lines)):
        for first, last in blocks:
            if last > len(lines) or first < 0:
                continue
            if not effort.spend(len(canonical) // 2 + 200):
                return None
            if _digest(states[first], lines[last:], first, lines) == wanted:
                inserted = b"\r\n".join(lines[first:last])
                return Mangling(
                    "inserted", f"{_count(last - first)} inserted into the body ({shown(inserted)})"
                )
        if found := _inline(single_removals(body, parts), how, wanted, share, "a text part"):
            return found
    if found := _pair(lines, states, starts, ends, parts, body, wanted, effort, len(canonical)):
        return found
    return _missing(lines, states, how, wanted, effort, len(canonical))


def _pair(
    lines: list[bytes],
    states: list[Any],
    starts: list[int],
    ends: list[int],
    parts: tuple[Part, ...],
    body: bytes,
    wanted: bytes,
    effort: Effort,
    size: int,
) -> Mangling | None:
    """The same kind of block in both alternatives of a message."""
    texts = [part for part in parts if part.text]
    if len(texts) != 2:
        return None
    border = body.count(b"\r\n", 0, texts[1].start)
    for places in (ends, starts):
        above = [place for place in places if place <= border]
        below = [place for place in places if place > border]
        step = -1 if places is ends else 1
        for a in above:
            for b in below:
                for n in range(1, _MAX_PAIR):
                    for m in range(1, _MAX_PAIR):
                        (a0, a1), (b0, b1) = sorted((a, a + step * n)), sorted((b, b + step * m))
                        if a0 < 0 or b0 < a1 or b1 > len(lines):
                            continue
                        if not effort.spend(size + 200):
                            return None
                        if _digest(states[a0], [*lines[a1:b0], *lines[b1:]], a0, lines) == wanted:
                            text = shown(b"\r\n".join(lines[a0:a1]))
                            return Mangling("inserted", f"text was inserted into both text parts ({text})")
    return None


def _missing(
    lines: list[bytes], states: list[Any], how: Canonicalization, wanted: bytes, effort: Effort, size: int
) -> Mangling | None:
    """Up to three blank lines that were taken out; the end of one line that was trimmed."""
    for count in (1, 2, 3):
        for places in combinations(range(1, len(lines)), count):
            if not effort.spend(size // 2 + 200):
                return None
            rest = list(lines[places[0] :])
            for shift, place in enumerate(places):
                rest.insert(place - places[0] + shift, b"")
            if _digest(states[places[0]], rest, places[0], lines) == wanted:
                return Mangling("blank-lines", f"{_blank(count)} removed between the lines")
        if count == 1 and how == "simple":
            for place, line in enumerate(lines):
                for end in (b" ", b"  ", b"\t"):
                    if not effort.spend(size // 2 + 200):
                        return None
                    rest = [line + end, *lines[place + 1 :]]
                    if _digest(states[place], rest, place, lines) == wanted:
                        return Mangling("trailing-space", "white space was removed from the end of a line")
    return None


def _blank(count: int) -> str:
    return "a blank line was" if count == 1 else f"{count} blank lines were"


def _near(starts: list[int], ends: list[int]) -> Iterator[tuple[int, int]]:
    """Where a block is likely to have been put in: where the text parts start and end."""
    for size in range(1, _MAX_BLOCK + 1):
        for place in starts:
            yield place, place + size
        for place in ends:
            yield place - size, place


def _anywhere(lines: list[bytes]) -> Iterator[tuple[int, int]]:
    blank = [number + 1 for number, line in enumerate(lines) if not line.strip()]
    for size in range(1, _MAX_BLOCK + 1):
        for place in blank:
            yield place, place + size
    for size in range(1, 6):
        for place in range(len(lines)):
            yield place, place + size


def _places(body: bytes, parts: tuple[Part, ...]) -> tuple[list[int], list[int]]:
    """The numbers of the lines where the text parts start and end."""
    starts, ends = [], []
    for part in parts:
        if not part.text:
            continue
        starts.append(body.count(b"\r\n", 0, part.body))
        ends.append(body.count(b"\r\n", 0, part.end) + (0 if body[: part.end].endswith(b"\r\n") else 1))
        if part.media_type == "text/html":
            content = body[part.body : part.end].lower()
            if (opened := content.find(b"<body")) >= 0:
                starts.append(body.count(b"\r\n", 0, part.body + opened) + 1)
            if (closed := content.rfind(b"</body")) >= 0:
                ends.append(body.count(b"\r\n", 0, part.body + closed))
    return list(dict.fromkeys(starts)), list(dict.fromkeys(ends))


def _digest(state: Any, rest: list[bytes], kept: int, lines: list[bytes]) -> bytes:
    """The hash of the lines up to ``kept`` (whose state is given) and then the rest, without empty ones at
    the end.
    """
    count = len(rest)
    while count and not rest[count - 1]:
        count -= 1
    if not count and kept and not lines[kept - 1]:
        return b""  # an ending that the search for prefixes has tried
    copy = state.copy()
    if count:
        copy.update(b"\r\n".join(rest[:count]) + b"\r\n")
    digest: bytes = copy.digest()
    return digest


def _count(lines: int) -> str:
    return "one line was" if lines == 1 else f"{lines} lines were"


def shown(raw: bytes, limit: int = 80) -> str:
    """The start of a piece of text, printable, in quotation marks."""
    return f"“{one_line(raw[: limit * 8], limit)}”"
