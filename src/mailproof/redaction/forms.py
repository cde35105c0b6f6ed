"""The forms that a secret takes in other people's words, and where they are in a text.

Everything is compared in lower case: servers change the case of what they repeat.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from msgspec import Struct

from mailproof.redaction.views import View, decoded, lowered, paired, unfolded

#: A secret with fewer characters is not looked for: hiding it would garble every sentence.
SHORTEST = 4
#: Forms with fewer characters are not looked for across folds and escapes: they would match ordinary words.
FOLDED_FROM = 8
#: This much of the beginning of a form is hidden too, where a text was cut off in the middle of it.
BEGINNING = 8
#: The same at the very end of a text.
LAST = 6
#: Characters of a piece of base64 that don't match by chance.
PIECE = 5
#: Nested encodings that are undone.
ROUNDS = 4

_BASE64_RUN = re.compile(r"[a-z0-9+/=_-]*", re.I)
#: What closes a quotation that was cut off.
_CLOSING = "…'\"`.)]> "
_ALPHABET = str.maketrans("-_,", "+//")  # of URLs, and of IMAP's folder names


class Needles(Struct, frozen=True):
    """What to look for: as text, in base64 (pieces that are the same in any surroundings), in hex."""

    plain: tuple[str, ...]
    folded: tuple[str, ...]
    base64: tuple[str, ...]
    hex: tuple[str, ...]


def needles(secret: str) -> Needles:
    """All forms of one secret."""
    raw = secret.encode("utf-8", "surrogateescape")
    written = {json.dumps(secret)[1:-1], secret.replace(" ", "+"), secret.replace(" ", "_")}
    plain = {secret, raw.decode("latin-1"), *written}
    encoded = (
        raw,
        quote(raw, safe="").encode(),
        *(each.encode("utf-8", "surrogateescape") for each in written),
    )
    once = [piece for each in dict.fromkeys(encoded) for piece in _pieces(each)]
    twice = [piece for each in once for piece in _pieces(each.encode())]
    views = [View(lowered(each)) for each in plain]
    views += [decoded(each) for each in views]  # it may look like an escape itself
    texts = sorted({each.text for each in views if len(each.text) >= SHORTEST})
    flat = {unfolded(View(each)).text for each in texts}
    return Needles(
        plain=tuple(texts),
        folded=tuple(sorted(each for each in flat if len(each) >= FOLDED_FROM)),
        base64=tuple(dict.fromkeys(each.lower() for each in (*once, *twice) if len(each) >= PIECE)),
        hex=(raw.hex(),),
    )


def _pieces(raw: bytes) -> list[str]:
    """The base64 characters that depend on ``raw`` alone, for each of the three offsets it can begin at."""
    found = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw).decode()
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        found.append(text[first:last])
    return found


def marks(text: str, secrets: tuple[Needles, ...]) -> bytearray | None:
    """A 1 for each character that reveals a secret; None where none does."""
    found = bytearray(len(text))
    for view, folded in _views(text):
        inside = view.text.translate(_ALPHABET)
        for secret in secrets:
            for needle in secret.folded if folded else secret.plain:
                for start, end in _places(view.text, needle):
                    view.mark(found, start, end)
            for needle in secret.base64:
                for start, end in _places(inside, needle):
                    _mark_run(found, text, *view.origin(start, end))
    pairs = paired(unfolded(View(lowered(text))))
    for secret in secrets:
        for needle in secret.hex:
            for start, end in _places(pairs.text, needle):
                pairs.mark(found, start, end)
    return found if 1 in found else None


def _views(text: str) -> Iterator[tuple[View, bool]]:
    """The text as it is and without folds, each with its escapes undone until none are left."""
    plain = View(lowered(text))
    flat = unfolded(plain)
    for view, folded in ((plain, False), (flat, True)):
        for _ in range(ROUNDS):
            yield view, folded
            after = unfolded(decoded(view)) if folded else decoded(view)
            if after is view:
                break
            view = after


def _places(text: str, needle: str) -> Iterator[tuple[int, int]]:
    """Where the needle is, or as much of its beginning as a cut left."""
    if needle[:LAST] in text:
        yield from _found(text, needle)


def _found(text: str, needle: str) -> Iterator[tuple[int, int]]:
    if len(needle) < BEGINNING + LAST:
        at = text.find(needle)
        while at >= 0:
            yield at, at + len(needle)
            at = text.find(needle, at + 1)
    else:
        at = text.find(needle[:BEGINNING])
        while at >= 0:
            end = at + _common(text, at, needle)
            yield at, end
            at = text.find(needle[:BEGINNING], end)
    last = text.rstrip(_CLOSING)
    if len(last) < 40:  # nothing so short was cut off
        return
    at = last.find(needle[:LAST], max(0, len(last) - len(needle)))
    while at >= 0:
        if needle.startswith(last[at:]):
            yield at, len(last)
            return
        at = last.find(needle[:LAST], at + 1)


def _common(text: str, at: int, needle: str) -> int:
    """How many characters of the needle are in the text at ``at``."""
    if text.startswith(needle, at):
        return len(needle)
    low, high = 0, len(needle)
    while high - low > 1:
        middle = (low + high) // 2
        if text.startswith(needle[:middle], at):
            low = middle
        else:
            high = middle
    return low


def _mark_run(found: bytearray, text: str, start: int, end: int) -> None:
    """Mark a piece of base64 and the characters beside it: its edges contain bits of the secret too."""
    before = _BASE64_RUN.match(text[start - 1 :: -1]) if start else None
    after = _BASE64_RUN.match(text, end)
    first = start - (len(before[0]) if before else 0)
    last = after.end() if after else end
    found[first:last] = b"\x01" * (last - first)
