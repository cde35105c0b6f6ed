"""What the records of MTA-STS, TLS reporting and BIMI have in common: version first, then tags."""

from __future__ import annotations

import re
from typing import Literal

from mailproof.records.tags import parse_tags

NearMiss = Literal["", "quotes", "case", "leading-space", "missing-semicolon", "order", "version"]

_QUOTES = "\"'`\u2018\u2019\u201c\u201d\\"
_INVISIBLE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
_DROP = {ord(char): None for char in _QUOTES + _INVISIBLE}
_CLEAN = {**{ord(char): None for char in _QUOTES + "\u200b\u200c\u200d\u2060\ufeff"}, 0xA0: " "}

#: What each fault is called in a sentence about the record.
NEAR_MISS_WORDS: dict[NearMiss, str] = {
    "quotes": "it holds quotes or backslashes that belong to a zone file, not to the record",
    "case": "its version is not written with the right capitals",
    "leading-space": "something stands before v=",
    "missing-semicolon": "no semicolon follows the version",
    "order": "v= is not its first tag",
    "version": "its version is none that exists",
}


def near_miss(text: str, version: str) -> NearMiss:
    """Why a text meant as a record of ``version`` (like ``STSv1``) is none; "" for any other text.

    Not to be asked of texts that are records.
    """
    head = text[:200]
    bare = head.translate(_DROP).lower()
    stem = version.rstrip("0123456789").lower()
    if not bare.startswith((f"v={stem}", f"{version.lower()};")):
        tags, _ = parse_tags(text[:2000])
        ordered = any(tag.name == "v" and tag.value == version for tag in tags)
        return "order" if ordered else ""
    if any(char in _QUOTES for char in head[:20]):
        return "quotes"
    if head[0] in _INVISIBLE:
        return "leading-space"
    if re.match(rf"v\s*=\s*{version}\s*(?:;|\Z)", head, re.IGNORECASE):
        return "version" if re.match(rf"v\s*=\s*{version}\s*(?:;|\Z)", head) else "case"
    if re.match(rf"v\s*=\s*{version}[\s,:]", head, re.IGNORECASE):
        return "missing-semicolon"
    return "version"


def repaired(text: str, version: str, names: tuple[str, ...]) -> str:
    """The record that was probably meant: version first, each of the known tags once, in this order."""
    clean = text[:4000].translate(_CLEAN).strip(_INVISIBLE + ";")
    listed = "|".join(sorted(names, key=len, reverse=True))
    clean = re.sub(rf"[ \t,:]+(?=(?:{listed})[ \t]?=)", "; ", clean)
    values: dict[str, str] = {}
    for tag in parse_tags(clean)[0]:
        if tag.name in names:
            values.setdefault(tag.name, tag.value.strip(" \t,"))
    parts = [f"v={version}", *(f"{name}={values[name]}" for name in names if name in values)]
    return "; ".join(parts)
