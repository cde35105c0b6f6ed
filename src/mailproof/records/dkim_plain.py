"""The text of a key record without characters that were pasted by accident.

These are blanked out rather than removed, so the offsets of the rest stay valid.
"""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.model import TagProblem
from mailproof.records.plain import INVISIBLE, MANGLED, MARKUP, SPACES, TYPOGRAPHIC_QUOTES, unmangled
from mailproof.records.tags import WSP, find_tag, parse_tags

_INVISIBLE = re.compile(f"{MANGLED.pattern}|[{INVISIBLE}{SPACES}]")
_NAMES = {"\u00a0": "a no-break space", "\u200b": "a zero-width space", "\ufeff": "a byte order mark"}
_QUOTES = re.compile(f'["{TYPOGRAPHIC_QUOTES}]')
_ESCAPE = re.compile(r"\\(?:(\d{3})|([\s\S])|\Z)")
_ARMOUR = re.compile(r"-{2,5}\s{0,4}(?:BEGIN|END)[A-Z0-9\s]{0,40}-{2,5}")
_ZONE_LINE = re.compile(
    r"\A\s{0,8}(?:[\w.*@-]{1,253}\s{1,16})?(?:\d{1,10}\s{1,16})?(?:IN\s{1,16})?TXT\s{1,16}", re.IGNORECASE
)
#: A zone file's comment after the record; one with a tag in it may be more than a comment.
_COMMENT = re.compile(r"(?:\)\s{0,16};|;\s{0,16}-{2,})[^=]{0,500}\Z")
_NOTE = re.compile(r"\([^()=;]{1,40}\)|(?<=\s)(?:#|//)[^=;]{0,80}(?=;|\Z)")
_BRACKET = re.compile(r"[()\[\]{}]")
#: JSON, labels of a form, a command: anything but tags.
_BEFORE = re.compile(r"\A\s{0,8}[^\s=;(][^=;]{0,400}(?<![A-Za-z0-9])(?=v\s{0,4}=\s{0,4}DKIM1\b)")
#: A colon in place of the equals sign.
_COLON = re.compile(r"(?:\A|;)\s{0,8}[vkphstng]\s{0,8}:")
#: A tag that begins without a semicolon before it.
_NO_SEMICOLON = re.compile(
    r"(?:\s{0,8}[,:]\s{0,8}|\s{1,8})(?=[vkphstng]\s{0,8}=)|(?<=k=rsa)\s{1,8}(?=M[A-Za-z0-9+/]{40})"
)
_SIGNS = {",": "comma", ":": "colon"}
_CHANGES = (
    ("pasted-markup", MARKUP),
    ("invisible-character", _INVISIBLE),
    ("embedded-quote", _QUOTES),
    ("embedded-backslash", _ESCAPE),
    ("pasted-armour", _ARMOUR),
    ("pasted-line", _ZONE_LINE),
    ("pasted-comment", _NOTE),
    ("pasted-line", _COMMENT),
    ("pasted-text", _BEFORE),
    ("pasted-line", _BRACKET),
)
#: A record of only these characters needs no cleaning.
_USUAL = re.compile(r"[a-z]=[A-Za-z0-9+/=:; ]*\Z")
#: The problem codes of this module.
PASTED = tuple(code for code, _ in _CHANGES)


class PlainText(Struct, frozen=True):
    """The text to parse, of the same length as the original, and the first problem of each kind."""

    text: str
    problems: tuple[TagProblem, ...] = ()


def plain_key_text(text: str) -> PlainText:
    """The text without pasted characters. The notes in ``n=`` are free text and left unchanged."""
    if _USUAL.match(text):
        return PlainText(text)
    notes = find_tag(parse_tags(text)[0], "n")
    kept = (notes.start, notes.end) if notes is not None else (0, 0)
    problems: dict[str, TagProblem] = {}
    for code, pattern in _CHANGES:
        text = _blank(text, code, pattern, kept, problems)
    return PlainText(text, tuple(problems.values()))


def with_punctuation(text: str) -> tuple[str, TagProblem | None]:
    """The text with its missing semicolons and equals signs restored, and the first place that lacked one."""
    first: TagProblem | None = None
    if colon := _COLON.search(text):
        at = colon.end() - 1
        tag = text[:at].rstrip()[-1]
        first = TagProblem("punctuation", f"there is a colon in place of = after {tag}", at, at + 1)
        text = _COLON.sub(lambda match: match.group()[:-1] + "=", text)
    notes = find_tag(parse_tags(text)[0], "n")
    pieces, position = [], 0
    for match in _NO_SEMICOLON.finditer(text):
        start, end = match.span()
        if _begins_tag(text, start) or (notes is not None and notes.start < start < notes.end):
            continue
        if first is None:
            fault = (
                f"there is a {_SIGNS[sign]} in place of a semicolon"
                if (sign := match.group().strip())
                else "a semicolon is missing"
            )
            before = "the key" if text[end] == "M" else f"{text[end]}="
            first = TagProblem("punctuation", f"{fault}, before {before}", start, end + 1)
        pieces += [text[position:start], ";".ljust(end - start)]
        position = end
    return "".join((*pieces, text[position:])), first


def _begins_tag(text: str, at: int) -> bool:
    """Whether only white space separates this offset from the previous semicolon, or from the beginning."""
    before = text[:at].rstrip(WSP)
    return not before or before.endswith(";")


def _blank(
    text: str, code: str, pattern: re.Pattern[str], kept: tuple[int, int], problems: dict[str, TagProblem]
) -> str:
    pieces, position = [], 0
    for match in pattern.finditer(text):
        start, end = match.span()
        if start == end or kept[0] <= start < kept[1]:
            continue
        if code not in problems:
            problems[code] = TagProblem(code, _message(code, match), start, min(end, start + 1))
        pieces += [text[position:start], _replacement(code, match)]
        position = end
    return "".join((*pieces, text[position:]))


def _replacement(code: str, match: re.Match[str]) -> str:
    """A replacement of the same length. Escapes become characters: ``\\;`` and ``\\059`` are a semicolon."""
    size = match.end() - match.start()
    if code == "pasted-markup":
        return unmangled(match.group()).rjust(size)
    if code != "embedded-backslash":
        return " " * size
    number, char = match.groups()
    if number is not None:
        char = chr(int(number)) if int(number) < 127 else " "
    meant = "" if char is None or char in 'nrt"\\' else char
    return meant.rjust(size)


def _message(code: str, match: re.Match[str]) -> str:
    if code == "invisible-character":
        char = unmangled(match.group())[0]
        kind = _NAMES.get(char, "a garbled character" if len(match.group()) > 1 else "an invisible character")
        return f"{kind} (U+{ord(char):04X}) is part of the record's text"
    if code == "pasted-markup":
        return f"{match.group()[:40]!r} is HTML, not part of the record"
    if code == "pasted-armour":
        return f"the line {match.group()[:40]!r} of a key file is part of the record's text"
    if code == "pasted-comment":
        return f"the comment {match.group()[:40]!r} is part of the record's text"
    if code == "pasted-text":
        return f"{match.group().strip()[:40]!r} is before the record"
    if code == "pasted-line":
        return "a whole line of a zone file was pasted, not just the value"
    name = "a quotation mark" if code == "embedded-quote" else "a backslash"
    return f"{name} is part of the record's text: it was pasted with the zone file's quoting"
