"""Records that were meant to be SPF and are not, because of how they begin."""

from __future__ import annotations

import re

from mailproof.frozen import frozen
from mailproof.records.spf.parse import VERSION, is_spf
from mailproof.records.spf.suggest import STRAY

_EDGE = " \t\r\n\"'`\\" + "".join(STRAY)
# Bounded: judged on the first characters alone.
_VERSION_LIKE = re.compile(
    r"""(?:v\s{0,3}[=:\-]?\s{0,3})?["']?spf\s?([0-9.]{0,4})(.?)""", re.IGNORECASE | re.DOTALL
)
_TERM = re.compile(
    r"(?:^|[\s;,\"'+~?-])(?:include:|redirect=|ip[46]:|[+~?-]?all\b|a:|mx\b|exists:|ptr\b)", re.IGNORECASE
)


@frozen
class NearMiss:
    """Why receivers do not see an SPF record here, the characters to blame, and the text that was meant."""

    why: str
    start: int
    end: int
    meant: str


def near_miss(text: str) -> NearMiss | None:
    """What keeps ``text`` from being an SPF record, where it was plainly meant to be one; else None."""
    if is_spf(text):
        return None
    head = len(text) - len(text.lstrip(_EDGE))
    body = _cleaned(text[head:])
    if head and head < 40 and is_spf(body):
        return NearMiss(f"{_name(text[:head])} before v=spf1", 0, head, body)
    found = _VERSION_LIKE.match(text, head)
    if head >= 40 or not found or body.lower().startswith(("spf2.0/", "spf2.0 /")):
        return None
    number, follower = found.groups()
    rest = text[found.end() - len(follower) :]
    if follower and follower not in STRAY and follower not in " ;,:\"'\\+-~?" and not _glued(rest):
        return None
    if not _TERM.search(rest[:2000]) and number != "1":
        return None
    written = text[head : found.end() - len(follower)].rstrip()
    tail = _cleaned(rest.lstrip(" ;,:" + _EDGE))
    meant = f"{VERSION} {tail}".strip()
    if written.lower() == VERSION:
        why = f"{_name(follower)} after v=spf1 where a space must stand"
        if follower and follower not in STRAY and not (follower in ";,:" or follower in "\"'\\"):
            why = "no space after v=spf1"
        return NearMiss(why, head, found.end(), meant)
    return NearMiss(f"{written!r} where v=spf1 must stand", head, head + len(written), meant)


def looks_like_spf(text: str) -> bool:
    """Whether ``text`` was meant as an SPF record but receivers will not take it for one."""
    return near_miss(text) is not None


def _glued(rest: str) -> bool:
    return bool(
        re.match(r"(?:include:|redirect=|ip[46]:|all\b|a:|a\b|mx\b|exists:|ptr\b)", rest, re.IGNORECASE)
    )


def _cleaned(text: str) -> str:
    """Without quotation marks, backslashes and stray characters; one space between the terms."""
    plain = "".join(STRAY.get(char, char) for char in text if char not in '"`\\')
    return " ".join(plain.split()).strip("';, ")


def _name(chars: str) -> str:
    char = chars[:1]
    if char == "":
        return "nothing"
    if char == " ":
        return "a space"
    if char in "\"'`":
        return "a quotation mark"
    if char == "\\":
        return "a backslash"
    return f"the character U+{ord(char):04X}" if not "!" <= char <= "~" else repr(char)
