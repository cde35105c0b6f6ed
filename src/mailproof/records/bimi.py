"""BIMI assertion records (draft-brand-indicators-for-message-identification section 4.2)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mailproof.model import BimiRecord, Tag, TagProblem
from mailproof.records.nearest import nearest
from mailproof.records.tag_repair import Format
from mailproof.records.tags import find_tag, parse_tags, value_span
from mailproof.structs import replace

_VERSION = re.compile(r"v[ \t]*=[ \t]*BIMI1[ \t]*(?:;|\Z)", re.IGNORECASE)
KNOWN_TAGS = ("v", "l", "a", "avp", "lps")


def is_bimi(text: str) -> bool:
    """Whether a TXT record counts as a BIMI record at all."""
    return _VERSION.match(text) is not None


def _corrected(name: str, value: str) -> str:
    """The value that the author must have intended; "" if that is unclear."""
    if name in ("l", "a"):
        web = value.lower().startswith("https://") and " " not in value
        other = (".pem", ".crt", ".cer") if name == "l" else (".svg", ".svgz")
        return value if web and not value.lower().endswith(other) else ""
    if name == "avp":
        near = nearest(value.strip(" .,"), ("brand", "personal"))
        return near[0] if len(near) == 1 else ""
    return value


BIMI = Format(
    version="BIMI1",
    names=KNOWN_TAGS[1:],
    is_record=is_bimi,
    corrected=_corrected,
    bare=lambda tags: tags.get("l", "").lower().startswith("https://") and set(tags) <= set(KNOWN_TAGS),
    aliases=(("i", "l"), ("logo", "l"), ("location", "l"), ("svg", "l"), ("vmc", "a"), ("authority", "a")),
)


def parse_bimi(text: str) -> BimiRecord:
    """Parse one record. Never raises; faults are listed in ``problems``.

    Fatal: ``no-version``, ``missing-location``, ``bad-location`` (not one https address), and the fatal codes
    of ``parse_tags``. Not fatal: ``no-location`` (``l=`` is empty and ``a=`` is not), ``bad-evidence``,
    ``invalid-preference``, ``unknown-tag``, ``version-case``.
    """
    tags, listed = parse_tags(text)
    problems = [replace(problem, fatal=problem.fatal or problem.code == "non-ascii") for problem in listed]
    if not is_bimi(text):
        words = "the record does not begin with v=BIMI1;"
        problems.append(TagProblem("no-version", words, 0, min(len(text), 20)))
    elif tags and text[tags[0].start : tags[0].end].replace(" ", "") != "v=BIMI1":
        words = "the version is not written as v=BIMI1, which some receivers don't accept"
        problems.append(TagProblem("version-case", words, tags[0].start, tags[0].end, False))
    location, evidence, preference = (find_tag(tags, name) for name in ("l", "a", "avp"))
    declined = location is not None and not location.value and (evidence is None or not evidence.value)
    if location is None:
        problems.append(TagProblem("missing-location", "the record has no l= with the logo", 0, len(text)))
    elif location.value:
        problems.extend(_address(location, "bad-location", fatal=True))
    elif not declined:
        words = "l= is empty, so only receivers that take the logo from the certificate show one"
        problems.append(TagProblem("no-location", words, location.start, location.end, False))
    if evidence is not None and evidence.value:
        problems.extend(_address(evidence, "bad-evidence", fatal=False))
    if preference is not None and preference.value.lower() not in ("brand", "personal"):
        words = f"avp={preference.value[:40]} is not brand or personal"
        problems.append(TagProblem("invalid-preference", words, preference.start, preference.end, False))
    problems.extend(
        TagProblem("unknown-tag", f"{tag.name[:32]}= is not a BIMI tag", tag.start, tag.end, False)
        for tag in tags
        if tag.name.lower() not in KNOWN_TAGS
    )
    return BimiRecord(
        text=text,
        tags=tags,
        location=location.value if location else "",
        evidence=evidence.value if evidence else "",
        preference=preference.value.lower() if preference else "",
        declined=declined,
        problems=tuple(problems),
    )


def _address(tag: Tag, code: str, *, fatal: bool) -> list[TagProblem]:
    """A problem unless the value is a single https address."""
    reason = _address_fault(tag.value)
    words = f"{tag.name}={tag.value[:80]}: {reason}"
    return [TagProblem(code, words, *value_span(tag), fatal)] if reason else []


def _address_fault(value: str) -> str:
    try:
        parts = urlsplit(value)
        scheme, host = parts.scheme.lower(), parts.hostname
    except ValueError:
        return "it cannot be read as an address"
    if re.search(r",\s*https?:", value):
        return "it has several addresses, but only one is allowed"
    if scheme == "http":
        return "it begins with http://, but only https:// is allowed"
    if scheme != "https" or not host:
        return "it is not an address that begins with https://"
    if any(char <= " " or char > "~" for char in value):
        return "it contains a space or another character that is not allowed in an address"
    return ""
