"""MTA-STS records (RFC 8461 section 3.1)."""

from __future__ import annotations

import re

from mailproof.model import StsRecord, Tag, TagProblem
from mailproof.records.tag_repair import Format
from mailproof.records.tags import find_tag, parse_tags, value_span
from mailproof.structs import replace

#: The version is case-sensitive and has no spaces; records without it are discarded.
_VERSION = re.compile(r"v=STSv1[ \t]*;")
_ID = re.compile(r"[A-Za-z0-9]{1,32}\Z")


def is_sts(text: str) -> bool:
    """Whether a TXT record counts as an MTA-STS record at all."""
    return _VERSION.match(text) is not None


def _corrected(name: str, value: str) -> str:
    """The id without invalid characters: any id will do, as long as it changes with the policy."""
    return "".join(char for char in value if char.isascii() and char.isalnum())[:32]


STS = Format(
    version="STSv1",
    names=("id",),
    is_record=is_sts,
    corrected=_corrected,
    bare=lambda tags: set(tags) == {"id"},
)


def parse_sts_record(text: str) -> StsRecord:
    """Parse one record. Never raises; faults are listed in ``problems``.

    Fatal: ``no-version``, ``missing-id``, ``invalid-id`` (1 to 32 letters and digits), ``duplicate-tag`` of
    v or id, and the fatal codes of ``parse_tags``. Not fatal: ``unknown-tag``, other duplicates.
    """
    tags, listed = parse_tags(text)
    problems = [_with_severity(problem, tags) for problem in listed]
    if not is_sts(text):
        words = "the record does not begin with v=STSv1;"
        problems.append(TagProblem("no-version", words, 0, min(len(text), 20)))
    tag = find_tag(tags, "id")
    identifier = ""
    if tag is None:
        problems.append(TagProblem("missing-id", "the record has no id=", 0, len(text)))
    elif _ID.match(tag.value) and text[tag.start : tag.end] == f"id={tag.value}":
        identifier = tag.value
    else:
        words = f"id= must be 1 to 32 letters and digits, but is {tag.value[:40]!r}"
        if _ID.match(tag.value):
            words = "id= must be written without spaces around its equals sign"
        at = value_span(tag) if tag.value else (tag.start, tag.end)
        problems.append(TagProblem("invalid-id", words, *at))
    problems.extend(
        TagProblem("unknown-tag", f"{each.name[:32]}= is not an MTA-STS field", each.start, each.end, False)
        for each in tags
        if each.name not in ("v", "id")
    )
    return StsRecord(text, tags, tuple(problems), identifier)


def _with_severity(problem: TagProblem, tags: tuple[Tag, ...]) -> TagProblem:
    """Set the severity of a problem: the grammar allows repeated extension fields, but not v or id."""
    if problem.code != "duplicate-tag":
        return replace(problem, fatal=problem.fatal or problem.code == "non-ascii")
    doubled = next((tag for tag in tags if tag.start == problem.start), None)
    return replace(problem, fatal=doubled is not None and doubled.name in ("v", "id"))
