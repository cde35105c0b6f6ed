"""Texts that were meant to be DMARC records, and DMARC records rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from mailproof.model import DmarcRecord, Tag
from mailproof.records.dmarc import KNOWN_TAGS, REMOVED_TAGS, is_dmarc
from mailproof.records.tags import parse_tags

NearMiss = Literal[
    "", "quotes", "backslash", "case", "leading-space", "missing-semicolon", "order", "version"
]

_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_INVISIBLE = "\u00a0\u200b\u200c\u200d\u2060\ufeff"
_DROP = {ord(char): None for char in " \t\r\n\\" + _QUOTES + _INVISIBLE}
_CLEAN = {**{ord(char): None for char in "\\" + _QUOTES + _INVISIBLE[1:]}, 0xA0: " "}
_NAMES = "|".join(sorted((*KNOWN_TAGS, *REMOVED_TAGS), key=len, reverse=True))
_NEXT_TAG = re.compile(rf"[ \t,:]+(?=(?:{_NAMES})[ \t]?=)")
_VERSION = re.compile(r"v=dmarc1?(?=[;,: \t]|\Z)", re.IGNORECASE)


def near_miss(text: str) -> NearMiss:
    """Why a text that was meant as a DMARC record is none; "" for real records and for other texts.

    ``quotes`` and ``backslash``: escaping from a panel or zone file was published; ``case``: v=dmarc1;
    ``leading-space``: something stands before v; ``missing-semicolon``: none after v=DMARC1; ``order``: v is
    not the first tag; ``version``: another value of v.
    """
    if is_dmarc(text):
        return ""
    head = text[:200]
    if not head.translate(_DROP).lower().startswith(("v=dmarc", "dmarc1;", "dmarc1p=", "=dmarc1")):
        tags, _ = parse_tags(text)
        return "order" if any(tag.name in "vV" and tag.value == "DMARC1" for tag in tags) else ""
    if any(char in _QUOTES for char in head[:3]):
        return "quotes"
    if "\\" in head[:20]:
        return "backslash"
    if head[0] in " \t\r\n" + _INVISIBLE and is_dmarc(head.lstrip(" \t\r\n" + _INVISIBLE)):
        return "leading-space"
    if re.match(r"v=dmarc1[ \t]*(?:;|\Z)", head, re.IGNORECASE):
        return "case"
    if re.match(r"v=dmarc1[ \t,:]", head, re.IGNORECASE):
        return "missing-semicolon"
    return "version"


def looks_like_dmarc(text: str) -> bool:
    """Whether the text was meant as a DMARC record and is none."""
    return near_miss(text) != ""


def repaired(text: str) -> str:
    """The record that was probably meant: without quotes and backslashes, with semicolons and v first.

    Tags that cannot be read are left out. The result always starts with ``v=DMARC1``.
    """
    clean = text[:4000].translate(_CLEAN).strip(" \t\r\n;")
    clean = _NEXT_TAG.sub("; ", clean)
    clean = _VERSION.sub("v=DMARC1", clean, count=1)
    tags, _ = parse_tags(clean)
    return render((tag.name, tag.value.strip(" \t,:")) for tag in tags)


def render(pairs: Iterable[tuple[str, str]]) -> str:
    """A record of these tags: ``v=DMARC1`` first, each name once (the first time it comes)."""
    seen = {"v", "V"}
    parts = ["v=DMARC1"]
    for name, value in pairs:
        if name not in seen and value:
            seen.add(name)
            parts.append(f"{name}={value}")
    return "; ".join(parts)


def rewritten(record: DmarcRecord, *, put: Iterable[tuple[str, str]] = (), drop: Iterable[str] = ()) -> str:
    """The record with some tags set (in place, or after ``p``) and others taken out, the rest as it was."""
    wanted = dict(put)
    dropped = set(drop)
    pairs = [
        (tag.name, wanted.pop(tag.name, tag.value)) for tag in _kept(record.tags) if tag.name not in dropped
    ]
    names = [name for name, _ in pairs]
    first = [(name, value) for name, value in wanted.items() if name == "p"]
    rest = [(name, value) for name, value in wanted.items() if name != "p"]
    after = names.index("p") + 1 if "p" in names else 0
    return render([*pairs[:after], *first, *rest, *pairs[after:]])


def _kept(tags: tuple[Tag, ...]) -> list[Tag]:
    return [tag for tag in tags if tag.name not in ("v", "V")]


def merged(records: Iterable[DmarcRecord]) -> str:
    """One record in place of several: the first's tags, what only the others have, and all destinations."""
    values: dict[str, str] = {}
    for record in records:
        for tag in _kept(record.tags):
            if tag.name in ("rua", "ruf") and tag.name in values:
                both = f"{values[tag.name]},{tag.value}".split(",")
                values[tag.name] = ",".join(dict.fromkeys(uri.strip() for uri in both))
            else:
                values.setdefault(tag.name, tag.value)
    return render(values.items())
