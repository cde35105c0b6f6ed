"""MTA-STS policies (RFC 8461 section 3.2) and their patterns (section 4.1)."""

from __future__ import annotations

import re
from typing import get_args

from mailproof.model import StsMode, StsPattern, StsPolicy, TagProblem
from mailproof.records.addresses import is_address

MAX_AGE = 31557600
MAX_LINES = 1000
MAX_PATTERNS = 200
_FIELD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z")
_KNOWN = ("version", "mode", "max_age", "mx")


def parse_sts_policy(text: str) -> StsPolicy:
    """Parse a policy. Never raises; faults are listed in ``problems``, with offsets into ``text``.

    Fatal: ``missing-version``, ``invalid-version``, ``missing-mode``, ``invalid-mode``, ``missing-max-age``,
    ``invalid-max-age``, ``missing-mx`` (unless the mode is none), ``bad-line`` (no ``key: value``),
    ``bad-key``, ``too-many-lines``. Not fatal: ``bom``, ``first-line`` (the version is elsewhere),
    ``duplicate`` (the first counts), ``unknown-key``, ``long-max-age``, ``bare-cr``, ``blank-line``,
    ``bad-mx`` (the pattern matches nothing), ``too-many-mx``.
    """
    problems: list[TagProblem] = []
    values: dict[str, tuple[str, int, int]] = {}
    patterns: list[StsPattern] = []
    lines = list(_lines(text, problems))
    for number, (line, start) in enumerate(lines):
        if number == MAX_LINES:
            problems.append(
                TagProblem("too-many-lines", f"the policy has over {MAX_LINES} lines", start, len(text))
            )
            break
        if not line.strip():
            words = "there is an empty line"
            problems.append(TagProblem("blank-line", words, start, start + len(line), False))
            continue
        key, colon, rest = line.partition(":")
        if not colon or not _FIELD.match(key):
            code = "bad-key" if colon and _FIELD.match(key.strip()) else "bad-line"
            words = f"{line[:60]!r} is not of the form key: value"
            problems.append(TagProblem(code, words, start, start + len(line)))
            continue
        value = rest.strip(" \t")
        at = start + len(key) + 1 + len(rest) - len(rest.lstrip(" \t"))
        span = (at, at + len(value)) if value else (start, start + len(line))
        if key == "mx":
            patterns.append(StsPattern(value.lower(), *span, pattern_problem(value)))
        elif key in values:
            problems.append(TagProblem("duplicate", f"{key} appears twice: the first counts", *span, False))
        else:
            values[key] = (value, *span)
            if key not in _KNOWN:
                problems.append(TagProblem("unknown-key", f"{key} is not an MTA-STS key", *span, False))
    problems.extend(_pattern_problems(patterns))
    mode = _mode(values, problems, len(text))
    _version(values, problems, lines, len(text))
    if not patterns and mode != "none":
        problems.append(TagProblem("missing-mx", "the policy names no mx", 0, len(text)))
    return StsPolicy(
        text=text,
        version=values.get("version", ("", 0, 0))[0],
        mode=mode,
        max_age=_max_age(values, problems, len(text)),
        mx=tuple(patterns[:MAX_PATTERNS]),
        problems=tuple(problems),
    )


def pattern_problem(pattern: str) -> str:
    """Why an ``mx`` pattern can match no host; "" if it can."""
    name = pattern.removeprefix("*.")
    if not name:
        return "it is empty"
    if is_address(name.strip("[]")):
        return "it is an IP address, but only host names match"
    if "*" in name:
        return "a * can only be the whole first label"
    if name.endswith("."):
        return "it ends in a dot"
    if set(name) & set("@/: ,"):
        return "it is not a single host name"
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        return "it is not a host name"
    return ""


def matches(pattern: StsPattern, host: str) -> bool:
    """Whether a host (A-labels) matches: ``*.`` matches exactly one label (section 4.1)."""
    if pattern.problem:
        return False
    name = host.lower().rstrip(".")
    if pattern.text.startswith("*."):
        first, dot, rest = name.partition(".")
        return bool(first and dot) and rest == pattern.text[2:]
    return name == pattern.text


def _lines(text: str, problems: list[TagProblem]) -> list[tuple[str, int]]:
    """Lines with their offsets. They end in LF or CRLF; a bare CR is accepted but noted as a problem."""
    position = 0
    if text.startswith("\ufeff"):
        problems.append(TagProblem("bom", "the text begins with a byte order mark", 0, 1, False))
        position = 1
    found = []
    for match in re.finditer(r"[^\r\n]*(?:\r\n|\n|\r|\Z)", text[position:]):
        line = match.group().rstrip("\r\n")
        if match.group().endswith("\r"):
            end = position + match.end()
            problems.append(TagProblem("bare-cr", "a line ends in CR alone", end - 1, end, False))
        if match.group():
            found.append((line, position + match.start()))
        if len(found) > MAX_LINES:
            break
    return found


def _pattern_problems(patterns: list[StsPattern]) -> list[TagProblem]:
    found = [
        TagProblem("bad-mx", f"mx: {each.text[:60]}: {each.problem}", each.start, each.end, False)
        for each in patterns[:MAX_PATTERNS]
        if each.problem
    ]
    if len(patterns) > MAX_PATTERNS:
        start = patterns[MAX_PATTERNS].start
        words = f"the policy names more than {MAX_PATTERNS} mx"
        found.append(TagProblem("too-many-mx", words, start, patterns[-1].end, False))
    return found


_Values = dict[str, tuple[str, int, int]]


def _version(values: _Values, problems: list[TagProblem], lines: list[tuple[str, int]], end: int) -> None:
    if "version" not in values:
        problems.append(TagProblem("missing-version", "the policy has no version: STSv1", 0, end))
        return
    value, *span = values["version"]
    if value != "STSv1":
        words = f"version is {value[:40]!r}, not STSv1"
        problems.append(TagProblem("invalid-version", words, span[0], span[1]))
    if lines and not lines[0][0].startswith("version:"):
        words = "version is not the first line"
        problems.append(TagProblem("first-line", words, span[0], span[1], False))


def _mode(values: _Values, problems: list[TagProblem], end: int) -> StsMode | None:
    if "mode" not in values:
        problems.append(TagProblem("missing-mode", "the policy has no mode", 0, end))
        return None
    value, *span = values["mode"]
    modes: tuple[StsMode, ...] = get_args(StsMode)
    found = next((mode for mode in modes if mode == value), None)
    if found is None:
        words = f"mode is {value[:40]!r}, not enforce, testing or none"
        problems.append(TagProblem("invalid-mode", words, span[0], span[1]))
    return found


def _max_age(values: _Values, problems: list[TagProblem], end: int) -> int | None:
    if "max_age" not in values:
        problems.append(TagProblem("missing-max-age", "the policy has no max_age", 0, end))
        return None
    value, *span = values["max_age"]
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        words = f"max_age is {value[:40]!r}, not a number of seconds of 1 to 10 digits"
        problems.append(TagProblem("invalid-max-age", words, span[0], span[1]))
        return None
    if int(value) > MAX_AGE:
        words = f"max_age is {value}, but at most {MAX_AGE} seconds (a year) are allowed"
        problems.append(TagProblem("long-max-age", words, span[0], span[1], False))
    return int(value)
