"""Tag lists of DKIM and DMARC: ``name=value; name=value`` (RFC 6376 section 3.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from mailproof.model import Tag, TagProblem

#: The whitespace of RFC 6376 section 2.8 (FWS). Other characters, like a no-break space, don't count.
WSP = " \t\r\n"

MAX_TAGS = 100
_NOT_ALLOWED = re.compile(r"[^\t\r\n -~]")
_BAD_CHARACTERS = {
    "control-character": re.compile(r"[^\t\r\n -\U0010ffff]"),
    "non-ascii": re.compile(r"[^\x00-~]"),
}
_TAG = re.compile(r"([A-Za-z][A-Za-z0-9_]*)[ \t\r\n]*=[ \t\r\n]*(.*)", re.DOTALL)
_NO_WSP = dict.fromkeys(map(ord, WSP))


def divided(
    texts: Iterable[str], is_record: Callable[[str], bool]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide texts into records and others."""
    records: list[str] = []
    others: list[str] = []
    for text in texts:
        (records if is_record(text) else others).append(text)
    return tuple(records), tuple(others)


def parse_tags(text: str) -> tuple[tuple[Tag, ...], tuple[TagProblem, ...]]:
    """All well-formed tags in order (including duplicates), and the problems of the list. Never raises.

    A tag's span is ``name=value`` without surrounding whitespace; its value, kept as written, ends at
    ``tag.end`` (see ``value_span``). Names keep their case: they are case-sensitive.

    Problem codes, fatal unless noted: ``empty-tag`` (two semicolons in a row), ``no-equals``, ``bad-name``,
    ``duplicate-tag``, ``control-character``, ``non-ascii`` (not fatal: RFC 8616 allows it in some tags),
    ``too-many-tags``. An empty list has neither tags nor problems.
    """
    tags: list[Tag] = []
    problems: list[TagProblem] = []
    allowed = not _NOT_ALLOWED.search(text)
    seen: set[str] = set()
    position = 0
    specs = text.split(";", MAX_TAGS + 1)
    for index, spec in enumerate(specs):
        start, position = position, position + len(spec) + 1
        if index > MAX_TAGS:
            problems.append(
                TagProblem("too-many-tags", f"the record has more than {MAX_TAGS} tags", start, len(text))
            )
            break
        trimmed = spec.strip(WSP)
        if not trimmed:
            if index != len(specs) - 1:  # a final semicolon is allowed
                problems.append(_empty(text, start, start + len(spec)))
            continue
        start += spec.index(trimmed)
        match = _TAG.match(trimmed)
        if match is None:
            problems.append(_malformed(trimmed, start))
            continue
        name, value = match.groups()
        found = Tag(name, value, start, start + len(trimmed))
        tags.append(found)
        if name in seen:
            problems.append(
                TagProblem("duplicate-tag", f"the tag {name}= appears twice", found.start, found.end)
            )
        seen.add(name)
        if not allowed:
            problems.extend(_bad_characters(found))
    return tuple(tags), tuple(problems)


def value_span(tag: Tag) -> tuple[int, int]:
    """The span of the tag's value in the parsed text."""
    return tag.end - len(tag.value), tag.end


def find_tag(tags: tuple[Tag, ...], name: str) -> Tag | None:
    """The first tag of that name, if any."""
    for tag in tags:
        if tag.name == name:
            return tag
    return None


def without_whitespace(value: str) -> str:
    """The value without any folding whitespace, for base64 and colon-separated lists."""
    return value.translate(_NO_WSP)


def _malformed(spec: str, start: int) -> TagProblem:
    name, equals, _ = spec.partition("=")
    name = name.rstrip(WSP)
    if equals and not name:
        return TagProblem("bad-name", f"{spec[:40]!r} has no name", start, start + len(spec))
    if equals:
        return TagProblem("bad-name", f"{name[:40]!r} cannot be the name of a tag", start, start + len(name))
    shown = spec if len(spec) <= 40 else spec[:40] + "…"
    return TagProblem("no-equals", f"{shown!r} is not of the form name=value", start, start + len(spec))


def _empty(text: str, start: int, end: int) -> TagProblem:
    stop = min(end + 1, len(text))
    if start == 0:
        return TagProblem("empty-tag", "the record begins with a semicolon", start, stop)
    return TagProblem("empty-tag", "there is nothing between two semicolons", start - 1, stop)


def _bad_characters(tag: Tag) -> list[TagProblem]:
    """A problem for the first invalid character of each kind in a value."""
    problems = []
    for code, pattern in _BAD_CHARACTERS.items():
        if found := pattern.search(tag.value):
            at = value_span(tag)[0] + found.start()
            words = f"the value of {tag.name}= contains the character U+{ord(found[0]):04X}"
            problems.append(TagProblem(code, words, at, at + 1, fatal=code == "control-character"))
    return problems
