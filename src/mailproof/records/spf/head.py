"""The head of a text intended as SPF: the version, or what was written for it, and any text before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mailproof.records.edits import edits
from mailproof.records.plain import MARKUP, unmangled
from mailproof.records.spf.parse import STRAY, VERSION
from mailproof.records.spf.words import is_token, shown

#: The number of characters that are searched for the version.
_FAR = 400
_EXACT = re.compile(r"v=spf1", re.IGNORECASE)
_SENDER_ID = re.compile(r"(?:v=)?spf2\.0/", re.IGNORECASE)
_AFTER = re.compile(
    r"[\s;,:.\"'\\]|[+~?-]?(?:include|exists|ip[46]|redirect|exp|a|mx|ptr|all)\b|[^\x00-\x7f]", re.IGNORECASE
)
_WORD = r"(?:include[:=]|redirect=|ip[46][:=]|[+~?-]?all\b|a:|mx\b|exists:|ptr\b)"
_TERM = re.compile(rf"(?:^|[\s;,\"'+~?-]){_WORD}", re.IGNORECASE)
_TERM_ANYWHERE = re.compile(_WORD, re.IGNORECASE)
_MINOR = re.compile(r"[0-9.]{1,3}(?=[\s;,]|\Z)")
_EDGE = " \t\r\n\"'`\\" + "".join(STRAY)
#: Words pasted by accident from a zone file, a form, JSON or a terminal.
_PASTED = "@ in txt spf v value text type name host record records data content ttl dig short descriptive"
#: The mark of a list, of emphasis or of a prompt; not one that disables the line, like #.
_BULLET = re.compile(r"[*>$=:|]+|->?")
_LABELS = frozenset(("", *_PASTED.split()))


class SpfHead(Struct, frozen=True):
    """Why receivers don't accept a text as SPF, the span of the fault, and where the terms begin.

    ``apart`` are the tokens before the version; ``clear``: everything before it is understood.
    """

    why: str
    start: int
    end: int
    terms_at: int
    apart: tuple[str, ...] = ()
    clear: bool = True


def read_head(text: str, domain: str, seams: tuple[int, ...]) -> SpfHead | None:
    """The head of a text that receivers don't accept as SPF; None if it was not intended as SPF either."""
    exact = _EXACT.search(text, 0, _FAR)
    if not exact and not _TERM_ANYWHERE.search(text):
        return None  # the case for most TXT records of a domain
    span = (
        exact.span() if exact else next(filter(None, (_near(text, at) for at in _starts(text, domain))), None)
    )
    if span is None or _SENDER_ID.match(text):
        return None
    start, end = span
    rest = text[end:].lstrip(_EDGE + ";,:.")
    if minor := _MINOR.match(rest):
        rest = rest[minor.end() :].lstrip(_EDGE + ";,")
    if not _TERM.search(rest[:2000]) and not (exact and start == 0):
        return None
    lead = unmangled(text[:start])
    before = _before(lead, domain)
    terms_at = len(text) - len(rest)
    if lead.strip(_EDGE):
        what = repr(lead.strip(_EDGE)[:60])
        if before is None:
            return SpfHead(f"{what} is before v=spf1", 0, start, terms_at, (), False)
        why = (
            f"{what} is before v=spf1, and belongs in a TXT record of its own"
            if before
            else f"{what} is before v=spf1"
        )
        return SpfHead(why, 0, start, terms_at, before)
    if exact is None:
        return SpfHead(f"it has {text[start:end]!r} where v=spf1 must be", start, end, terms_at)
    if start:
        mark = MARKUP.match(text)
        what = repr(mark[0]) if mark else shown(lead[0])
        return SpfHead(f"{what} is before v=spf1", 0, start, terms_at)
    if terms_at == end:
        why = "a space is missing after v=spf1"
        if end in seams:
            why += ", where two strings of the TXT record meet: receivers join them without one"
        return SpfHead(why, 0, end, terms_at)
    return SpfHead(f"{shown(text[end])} is after v=spf1, where a space must be", 0, end + 1, terms_at)


def _starts(text: str, domain: str) -> Iterator[int]:
    """Where a misspelt version may begin: at the start, or after a pasted name and type."""
    for word in re.finditer(r"[^\s=:\"]+", text[:_FAR]):
        yield word.start()
        if not _is_label(word.group().strip(_EDGE), domain):
            return


def _near(text: str, at: int) -> tuple[int, int] | None:
    """The span that was intended as ``v=spf1``: the one with the fewest errors, at most two."""
    best: tuple[int, int] | None = None
    for length in range(3, 13):
        written, rest = text[at : at + length], text[at + length :]
        if len(written) < length or written[-1].isspace() or (rest and not _AFTER.match(rest)):
            continue
        letters = "".join(char for char in written if char not in _EDGE).lower().replace("version", "v")
        slips = 2 if letters == "spf" else edits(letters, VERSION, 2)
        if slips < 3 and (best is None or slips < best[0]):
            best = slips, at + length
    return (at, best[1]) if best else None


def _before(text: str, domain: str) -> tuple[str, ...] | None:
    """The tokens before the version; None if there is anything besides tokens and pasted names and types."""
    tokens: list[str] = []
    for word in (word.strip(_EDGE + ";,(") for word in re.split(r"[\s\"{}\[\],]+", text)):
        if _BULLET.fullmatch(word) or _is_label(word.strip("=:+"), domain):
            continue
        if not is_token(word) and not re.fullmatch(r"[\w-]*(?:token|verif)[\w-]*", word, re.IGNORECASE):
            return None
        tokens.append(word)
    return tuple(tokens)


def _is_label(word: str, domain: str) -> bool:
    lower = word.lower().rstrip(".:=")
    return lower in _LABELS or lower.isdigit() or lower == domain or domain.startswith(f"{lower}.")
