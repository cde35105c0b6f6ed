"""Repairs and rewrites DMARC records."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailproof.model import DmarcRecord, Tag
from mailproof.records import tag_repair
from mailproof.records.dmarc import KNOWN_TAGS, POLICIES, REMOVED_TAGS, is_dmarc, parse_dmarc, share
from mailproof.records.nearest import nearest
from mailproof.records.report_uris import salvaged
from mailproof.records.tag_repair import Format, NearMiss
from mailproof.records.tags import WSP

_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "adkim": {"r": ("r", "relaxed"), "s": ("s", "strict")},
    "aspf": {"r": ("r", "relaxed"), "s": ("s", "strict")},
    "t": {"y": ("y", "yes", "true"), "n": ("n", "no", "false")},
    "psd": {"y": ("y", "yes", "true"), "n": ("n", "no", "false"), "u": ("u", "unknown")},
}


def _corrected(name: str, value: str) -> str:
    """The value that the author must have intended; "" if that is unclear."""
    word = value.lower().strip(" .,:'\"()")
    if name in ("p", "sp", "np"):
        if word == value.lower() and word in POLICIES:
            return value
        near = nearest(word, POLICIES)
        return near[0] if len(near) == 1 else ""
    if name in ("rua", "ruf"):
        return salvaged(value)
    if name in _WORDS:
        return next((letter for letter, words in _WORDS[name].items() if word in words), "")
    if name == "fo":
        return _options(word)
    if name in ("pct", "ri"):
        return word.rstrip("% ") if word.rstrip("% ").isascii() and word.rstrip("% ").isdigit() else ""
    return value if name == "rf" and word in ("afrf", "iodef") else ""


def _options(word: str) -> str:
    """The failure options, separated by colons; if both 0 and 1 are given, the wider one."""
    letters = [letter for letter in re.split(r"[:,/| ]+", word) if letter]
    if len(letters) == 1 and len(word) > 1:
        letters = list(word)
    if not letters or not all(letter in ("0", "1", "d", "s") for letter in letters):
        return ""
    once = dict.fromkeys(letters)
    return ":".join(letter for letter in once if letter != "0" or "1" not in once)


DMARC = Format(
    version="DMARC1",
    names=(*KNOWN_TAGS[1:], *REMOVED_TAGS),
    is_record=is_dmarc,
    corrected=_corrected,
    bare=lambda tags: tags.get("p", "").strip().lower() in POLICIES,  # a policy is a word, and not a key
    aliases=(
        *(("policy", "p"), ("pol", "p"), ("subdomainpolicy", "sp"), ("subdomain", "sp")),
        *(("percent", "pct"), ("percentage", "pct"), ("dkim", "adkim"), ("spf", "aspf")),
        *(("mailto", "rua"), ("email", "rua"), ("report", "rua"), ("reports", "rua")),
    ),
    lists=("rua", "ruf"),
)


def near_miss(text: str) -> NearMiss:
    """Why a text that was intended as a DMARC record is not one; "" for real records and unrelated texts."""
    return tag_repair.near_miss(text, DMARC)


def repaired(text: str) -> str:
    """The record that the author must have intended; "" if the text was not intended as one.

    Unclear parts are left unchanged, so that no address is lost and no policy invented.
    """
    whole = tag_repair.repaired(text, DMARC)
    unread = any(each.code == "no-version" or "policy" in each.code for each in parse_dmarc(text).problems)
    return tested(whole) if unread else whole


def tested(text: str) -> str:
    """A record about to take effect, with ``t=y`` if it has ``pct=0``, which current receivers ignore."""
    record = parse_dmarc(text)
    harmless = all(policy in (None, "none") for policy in (record.p, record.sp, record.np))
    if harmless or share(record) or record.tag("t") is not None:
        return text
    return rewritten(record, changes=(("t", "y"),))


def swallowed(record: DmarcRecord, tag: Tag) -> int:
    """The offset in a tag's value at which the next tag begins, for lack of a semicolon; 0 if none does."""
    written = {each.name for each in record.tags}
    return tag_repair.swallowed(tag.name, tag.value, DMARC, written)


def corrected_name(record: DmarcRecord, tag: Tag) -> str:
    """The tag that a misspelt one was intended as; "" if in doubt."""
    others = {each.name for each in record.tags if each is not tag}
    return tag_repair.name_of(tag.name, tag.value, DMARC, others)


def rewritten(
    record: DmarcRecord, *, changes: Iterable[tuple[str, str]] = (), drop: Iterable[str] = ()
) -> str:
    """The record with some tags set (in place, or after ``p``) and others dropped, otherwise unchanged."""
    wanted = dict(changes)
    dropped = {*drop, *wanted}
    pairs: list[tuple[str, str]] = []
    for name, value in _pairs(record):
        if name in wanted:  # the first of that name; duplicates are dropped
            pairs.append((name, wanted.pop(name)))
        elif name not in dropped:
            pairs.append((name, value))
    names = [name for name, _ in pairs]
    after = names.index("p") + 1 if "p" in names and "p" not in wanted else 0
    new = sorted(wanted.items(), key=lambda pair: pair[0] != "p")
    return _render([*pairs[:after], *new, *pairs[after:]])


def merged(texts: Iterable[str]) -> str:
    """One record with the destinations of several that otherwise agree; "" if they differ.

    Only the author knows which of two policies was intended.
    """
    destinations: dict[str, dict[str, None]] = {name: {} for name in DMARC.lists}
    asked: list[list[tuple[str, str]]] = []
    for text in texts:
        pairs = _pairs(parse_dmarc(repaired(text) or text))
        asked.append([pair for pair in pairs if pair[0] not in DMARC.lists])
        for name, value in pairs:
            if name in DMARC.lists:
                destinations[name].update(dict.fromkeys(uri.strip() for uri in value.split(",")))
    if not asked or any(dict(each) != dict(asked[0]) or "" in dict(each) for each in asked):
        return ""
    lists = ((name, ",".join(uris)) for name, uris in destinations.items() if uris)
    return _render((*asked[0], *lists))


def _render(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(("v=DMARC1", *(f"{name}={value}" if name else value for name, value in pairs)))


def _pairs(record: DmarcRecord) -> list[tuple[str, str]]:
    """Names and values of all tags but the version; text that is not a tag has the name ""."""
    tags = {tag.start: tag for tag in record.tags}
    pairs: list[tuple[str, str]] = []
    position = 0
    for part in record.text.split(";"):
        tag = tags.get(position + len(part) - len(part.lstrip(WSP)))
        position += len(part) + 1
        if tag is not None and tag.name not in ("v", "V"):
            pairs.append((tag.name, tag.value))
        elif tag is None and part.strip(WSP):
            pairs.append(("", part.strip(WSP)))
    return pairs
