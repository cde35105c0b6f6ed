"""Find out how a body with a mismatched hash was modified: see ``forensics``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, combinations, product

from mailproof.message.canonical import canonical_body
from mailproof.message.forensics.effort import Effort, Mangling
from mailproof.message.forensics.inline import Removal, double_removals, single_removals
from mailproof.message.forensics.undo import undone
from mailproof.message.parts import Part
from mailproof.printable import one_line
from mailproof.records.dkim_signature import Canonicalization, DkimSignature
from mailproof.records.message import RawMessage

CRLF = b"\r\n"
#: The most lines of an insertion that is looked for, and the most lines of a body that is searched for one.
_MAX_BLOCK = 40
_MAX_LINES = 4_000
_MAX_PAIR = 12
#: The cost of one line, besides its octets.
_LINE_COST = 64


def find_body_cause(
    message: RawMessage, parts: tuple[Part, ...], signature: DkimSignature, effort: Effort
) -> Mangling | None:
    """The modification whose undoing restores the body hash; None if none does."""
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
        return _appended(undo.code, undo.reason, canonical, end)
    if length is None:
        return _insertion(message.body, parts, how, wanted, effort)
    return None


def _inline(
    removals: Iterator[Removal], how: Canonicalization, wanted: bytes, effort: Effort, where: str
) -> Mangling | None:
    """Try removing text inserted within lines or within encoded text."""
    for text, body in removals:
        if not effort.spend(len(body) + 300):
            return None
        if hashlib.sha256(canonical_body(body, how)).digest() == wanted:
            return Mangling("inserted", f"text was inserted into {where} ({shown(text)})")
    return None


def _appended(code: str, reason: str, canonical: bytes, end: int) -> Mangling:
    rest = canonical[end:]
    if not rest.strip():
        return Mangling(code or "trailing-space", reason or "blank lines were changed")
    if end == 0:
        sentence = "an empty body was signed: the signer saw none, or all of the text was added afterwards"
        return Mangling("empty-signed", sentence)
    lines = rest.strip().count(b"\n") + 1
    footer = f"{_lines_were(lines)} appended to the end ({shown(rest)})"
    return Mangling(code or "appended", f"{reason}, and {footer}" if reason else footer)


def _signed_prefix(canonical: bytes, how: Canonicalization, wanted: bytes) -> int | None:
    """The end of the longest whole-line prefix with that hash, in one pass.

    Empty lines at the end of a prefix are ignored.
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
    """Look for one inserted block of lines, or one in each of two text parts, or for removed lines."""
    # Insertions within lines may take a third of the effort: most of the rest is less likely.
    share = Effort(effort.left // 3)
    effort.left -= share.left
    lines = _Lines(body, parts, how) if body.count(b"\r\n") <= _MAX_LINES else None
    found = lines.restored(lines.near(), wanted, effort) if lines else None
    found = found or _inline(single_removals(body, parts), how, wanted, share, "a text part")
    if lines:
        others = chain(lines.anywhere(), lines.pairs(), lines.missing())
        found = found or lines.restored(others, wanted, effort)
    return found or _inline(double_removals(body, parts), how, wanted, share, "both text parts")


#: How many lines to keep, candidates for the lines after them, and (called on success) the modification.
_Trial = tuple[int, list[bytes], Callable[[], Mangling]]


class _Lines:
    """The canonical lines of a body, numbered as in the body itself."""

    def __init__(self, body: bytes, parts: tuple[Part, ...], how: Canonicalization) -> None:
        canonical = canonical_body(body, how)
        self._size, self._how = len(canonical), how
        self._lines = canonical.split(b"\r\n")[:-1]
        self._starts, self._ends = _places(body, parts)
        texts = [part for part in parts if part.text]
        #: The line at which the second of two text parts begins.
        self._second_part = body.count(b"\r\n", 0, texts[1].start) if len(texts) == 2 else None
        state = hashlib.sha256()
        self._states = [state.copy()]  # the hash of all lines above each
        for line in self._lines:
            state.update(line + b"\r\n")
            self._states.append(state.copy())

    def restored(self, trials: Iterable[_Trial], wanted: bytes, effort: Effort) -> Mangling | None:
        """The first trial that restores the hash."""
        for kept, rest, cause in trials:
            if not effort.spend(self._size // 2 + 200):
                return None
            if self._digest(kept, rest) == wanted:
                return cause()
        return None

    def _digest(self, kept: int, rest: list[bytes]) -> bytes:
        """The hash of the lines up to ``kept`` followed by the rest, ignoring empty ones at the end."""
        count = len(rest)
        while count and not rest[count - 1]:
            count -= 1
        if not count and kept and not self._lines[kept - 1]:
            return b""  # already tried as a prefix
        copy = self._states[kept].copy()
        if count:
            copy.update(b"\r\n".join(rest[:count]) + b"\r\n")
        digest: bytes = copy.digest()
        return digest

    def near(self) -> Iterator[_Trial]:
        """Blocks in likely places: at the start and end of text parts."""
        for size in range(1, _MAX_BLOCK + 1):
            for place in self._starts:
                yield from self._without(place, place + size)
            for place in self._ends:
                yield from self._without(place - size, place)

    def anywhere(self) -> Iterator[_Trial]:
        blank = [number + 1 for number, line in enumerate(self._lines) if not line.strip()]
        for places, most in ((blank, _MAX_BLOCK), (range(len(self._lines)), 5)):
            for size in range(1, most + 1):
                for place in places:
                    yield from self._without(place, place + size)

    def _without(self, first: int, last: int) -> Iterator[_Trial]:
        if first >= 0 and last <= len(self._lines):
            inserted = partial(
                self._inserted, first, last, f"{_lines_were(last - first)} inserted into the body"
            )
            yield first, self._lines[last:], inserted

    def _inserted(self, first: int, last: int, words: str) -> Mangling:
        return Mangling("inserted", f"{words} ({shown(CRLF.join(self._lines[first:last]))})")

    def pairs(self) -> Iterator[_Trial]:
        """Blocks at corresponding places in both alternatives of a message."""
        if self._second_part is None:
            return
        sizes = range(1, _MAX_PAIR)
        for places, step in ((self._ends, -1), (self._starts, 1)):
            above = [place for place in places if place <= self._second_part]
            below = [place for place in places if place > self._second_part]
            for a, b, n, m in product(above, below, sizes, sizes):
                (a0, a1), (b0, b1) = sorted((a, a + step * n)), sorted((b, b + step * m))
                if a0 >= 0 and b0 >= a1 and b1 <= len(self._lines):
                    inserted = partial(self._inserted, a0, a1, "text was inserted into both text parts")
                    yield a0, [*self._lines[a1:b0], *self._lines[b1:]], inserted

    def missing(self) -> Iterator[_Trial]:
        """Up to three removed blank lines, or trailing white space trimmed from one line."""
        for count in (1, 2, 3):
            said = "a blank line was" if count == 1 else f"{count} blank lines were"
            removed = partial(Mangling, "blank-lines", f"{said} removed between the lines")
            for places in combinations(range(1, len(self._lines)), count):
                rest = list(self._lines[places[0] :])
                for shift, place in enumerate(places):
                    rest.insert(place - places[0] + shift, b"")
                yield places[0], rest, removed
            if count == 1 and self._how == "simple":
                trimmed = partial(
                    Mangling, "trailing-space", "white space was removed from the end of a line"
                )
                for place, line in enumerate(self._lines):
                    for end in (b" ", b"  ", b"\t"):
                        yield place, [line + end, *self._lines[place + 1 :]], trimmed


def _places(body: bytes, parts: tuple[Part, ...]) -> tuple[list[int], list[int]]:
    """The line numbers at which the text parts start and end."""
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


def _lines_were(count: int) -> str:
    return "one line was" if count == 1 else f"{count} lines were"


def shown(raw: bytes, limit: int = 80) -> str:
    """The start of a text, printable, in quotation marks."""
    return f"“{one_line(raw[: limit * 8], limit)}”"
