"""DMARC policy records (RFC 9989 sections 4.7 and 4.8), parsed into frozen records with spans."""

from __future__ import annotations

import re
from typing import Literal, cast

from mailproof.model import Alignment, DmarcRecord, DmarcUri, Policy, Tag, TagProblem
from mailproof.printable import listed
from mailproof.records.dmarc_uri import parse_uris
from mailproof.records.remember import remembered
from mailproof.records.tags import find_tag, parse_tags, value_span, without_whitespace
from mailproof.structs import replace

#: The leading ``v`` tag: its name is case-insensitive (an RFC 5234 literal), its value case-sensitive.
_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")

POLICIES: tuple[Policy, ...] = ("none", "quarantine", "reject")
REMOVED_TAGS = ("pct", "rf", "ri")
KNOWN_TAGS = ("v", "p", "sp", "np", "adkim", "aspf", "fo", "psd", "rua", "ruf", "t")


def is_dmarc(text: str) -> bool:
    """Whether the text starts with v=DMARC1, the only test that the tree walk applies (section 4.10)."""
    return _VERSION.match(text) is not None


def strictness(policy: Policy) -> int:
    """0 for none, 1 for quarantine, 2 for reject."""
    return POLICIES.index(policy)


def policy_warning(text: str) -> str:
    """A warning for publishing a record that receivers ignored so far; "" for a harmless one."""
    record = parse_dmarc(text) if is_dmarc(text) else None
    if record is None or record.p is None:
        return ""
    for name, policy in (("p", record.p), ("sp", record.sp), ("np", record.np)):
        if policy not in (None, "none"):
            return (
                f" Receivers will then apply {name}={policy}: first make sure that all of your own mail "
                "passes DMARC."
            )
    return ""


def softened(policy: Policy, testing: bool) -> Policy:
    """The policy to expect under ``t=y``: one level below (section 4.7)."""
    return POLICIES[max(0, strictness(policy) - 1)] if testing else policy


def percent(tag: Tag) -> int | None:
    """The number in ``pct=``: 0 to 100, up to three digits (RFC 7489 section 6.4); None for anything else."""
    value = tag.value.strip()
    return int(value) if re.fullmatch("[0-9]{1,3}", value) and int(value) <= 100 else None


def share(record: DmarcRecord) -> int:
    """The percentage in a record's ``pct=``; 100 if it has none, or an invalid one."""
    tag = record.tag("pct")
    found = percent(tag) if tag is not None else None
    return 100 if found is None else found


@remembered(1024)
def parse_dmarc(text: str) -> DmarcRecord:
    """Parse one record. Never raises; faults are listed in ``problems``.

    Only a missing or wrong ``v`` (``no-version``) is fatal, and a missing or invalid policy without a valid
    ``rua`` (``missing-policy``, ``invalid-policy``, ``invalid-subdomain-policy``,
    ``invalid-nonexistent-policy``); with one, the record counts as ``p=none``. Otherwise, a faulty tag
    is ignored in favour of its default (section 4.8): ``unknown-tag``, ``removed-tag``, ``bad-uri``,
    ``unsupported-scheme``, ``obsolete-size``, ``invalid-fo``, ``invalid-alignment``, ``invalid-psd``,
    ``invalid-test``, ``version-case``, ``duplicate-tag`` (the first counts) and the other codes of
    ``parse_tags``.
    """
    tags, listed = parse_tags(text)
    problems = [replace(problem, fatal=False) for problem in listed]
    if not is_dmarc(text):
        problems.append(
            TagProblem("no-version", "the record does not begin with v=DMARC1", 0, min(len(text), 20))
        )
    problems.extend(_tag_names(tags))
    rua, uri_problems = parse_uris(find_tag(tags, "rua"))
    problems.extend(uri_problems)
    ruf, uri_problems = parse_uris(find_tag(tags, "ruf"))
    problems.extend(uri_problems)
    p, sp, np, policy_problems = _policies(tags, rua, len(text))
    problems.extend(policy_problems)
    return DmarcRecord(
        text=text,
        tags=tags,
        p=p,
        sp=sp,
        np=np,
        adkim=cast(Alignment, _choice(tags, "adkim", "rs", "r", "invalid-alignment", problems)),
        aspf=cast(Alignment, _choice(tags, "aspf", "rs", "r", "invalid-alignment", problems)),
        psd=cast(Literal["y", "n", "u"], _choice(tags, "psd", "ynu", "u", "invalid-psd", problems)),
        testing=_choice(tags, "t", "yn", "n", "invalid-test", problems) == "y",
        fo=_failure_options(find_tag(tags, "fo"), problems),
        rua=rua,
        ruf=ruf,
        problems=tuple(problems),
    )


def _tag_names(tags: tuple[Tag, ...]) -> list[TagProblem]:
    found = []
    for tag in tags:
        if tag.name == "V":
            message = "v is written as V, which some receivers don't accept"
            found.append(_problem("version-case", message, tag, fatal=False))
        elif tag.name in REMOVED_TAGS:
            found.append(_problem("removed-tag", f"{tag.name}= was removed by RFC 9989", tag, fatal=False))
        elif tag.name not in KNOWN_TAGS:
            found.append(_problem("unknown-tag", f"{tag.name[:40]}= is not a DMARC tag", tag, fatal=False))
    return found


def _policies(
    tags: tuple[Tag, ...], rua: tuple[DmarcUri, ...], length: int
) -> tuple[Policy | None, Policy | None, Policy | None, list[TagProblem]]:
    """``p``, ``sp`` and ``np``, applying the rules of section 4.10.1 for missing and invalid ones."""
    fatal = not any(not uri.problem for uri in rua)
    effect = "receivers apply no DMARC at all" if fatal else "receivers act as if it were p=none"
    problems: list[TagProblem] = []
    values: dict[str, Policy | None] = {}
    codes = {"p": "invalid-policy", "sp": "invalid-subdomain-policy", "np": "invalid-nonexistent-policy"}
    for name, code in codes.items():
        tag = find_tag(tags, name)
        if tag is None:
            values[name] = None
            if name == "p":
                message = f"the record has no p= tag: {effect}"
                problems.append(TagProblem("missing-policy", message, 0, length, fatal))
            continue
        word = tag.value.lower()
        values[name] = next((policy for policy in POLICIES if policy == word), None)
        if values[name] is None:
            message = f"{name}={tag.value[:40]} is not none, quarantine or reject, so {effect}"
            problems.append(_problem(code, message, tag, fatal=fatal, value=True))
    if problems:
        return (None if fatal else "none"), None, None, problems
    return values["p"], values["sp"], values["np"], problems


def _choice(
    tags: tuple[Tag, ...], name: str, letters: str, default: str, code: str, problems: list[TagProblem]
) -> str:
    tag = find_tag(tags, name)
    if tag is None:
        return default
    value = tag.value.lower()
    if len(value) == 1 and value in letters:
        return value
    message = f"{name}={tag.value[:40]} is not {listed(letters, 'or')}: the default {name}={default} applies"
    problems.append(_problem(code, message, tag, fatal=False, value=True))
    return default


def _failure_options(tag: Tag | None, problems: list[TagProblem]) -> tuple[str, ...]:
    """``fo``: at most one of 0 and 1, and d and s at most once each; the default is 0."""
    if tag is None:
        return ("0",)
    options = tuple(without_whitespace(tag.value).lower().split(":"))
    legal = all(option in ("0", "1", "d", "s") for option in options)
    if legal and len(set(options)) == len(options) and not {"0", "1"} <= set(options):
        return options
    message = f"fo={tag.value[:40]} is not 0 or 1, d and s, with colons between: the default fo=0 applies"
    problems.append(_problem("invalid-fo", message, tag, fatal=False, value=True))
    return ("0",)


def _problem(code: str, message: str, tag: Tag, *, fatal: bool, value: bool = False) -> TagProblem:
    start, end = value_span(tag) if value else (tag.start, tag.end)
    return TagProblem(code, message, start, end, fatal)
