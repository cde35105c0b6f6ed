"""TLS reporting records (RFC 8460 section 3)."""

from __future__ import annotations

import re

from mailproof.model import DmarcUri, TagProblem, TlsRptRecord
from mailproof.records.dmarc_uri import parse_uris
from mailproof.records.report_uris import salvaged
from mailproof.records.tag_repair import Format
from mailproof.records.tags import parse_tags
from mailproof.structs import replace

_VERSION = re.compile(r"v=TLSRPTv1[ \t]*;")
#: A size limit, as DMARC had it.
_SIZE = re.compile(r"![0-9]+[kmgt]?(?=\s*(?:,|\Z))", re.IGNORECASE)


def is_tls_rpt(text: str) -> bool:
    """Whether a TXT record counts as a TLS reporting record at all."""
    return _VERSION.match(text) is not None


TLS_RPT = Format(
    version="TLSRPTv1",
    names=("rua",),
    is_record=is_tls_rpt,
    corrected=lambda name, value: salvaged(_SIZE.sub("", value)),
    bare=lambda tags: set(tags) == {"rua"} and salvaged(tags["rua"]) != "",
    aliases=(("ruf", "rua"), ("mailto", "rua"), ("email", "rua"), ("report", "rua"), ("reports", "rua")),
    lists=("rua",),
)


def parse_tls_rpt(text: str) -> TlsRptRecord:
    """Parse one record. Never raises; faults are listed in ``problems``.

    Fatal: ``no-version``, ``missing-rua``, ``no-usable-rua`` and the fatal codes of ``parse_tags`` except
    ``duplicate-tag``: ``rua`` may appear more than once. Not fatal: ``bad-uri``, ``unsupported-scheme`` (only
    mailto and https are supported), ``unknown-tag``.
    """
    tags, listed = parse_tags(text)
    problems = [problem for problem in listed if problem.code != "duplicate-tag"]
    if not is_tls_rpt(text):
        words = "the record does not begin with v=TLSRPTv1;"
        problems.append(TagProblem("no-version", words, 0, min(len(text), 20)))
    destinations: list[DmarcUri] = []
    for tag in tags:
        if tag.name == "rua":
            found, listed = parse_uris(tag)
            sizes = {p.start: p for p in listed if p.code == "obsolete-size"}
            for uri in found:
                if (size := sizes.get(uri.end)) and not uri.problem:
                    why = "TLS reporting has no size limits, and an exclamation mark must be written as %21"
                    words = f"the rua= destination {text[uri.start : size.end][:60]!r} is invalid: {why}"
                    problems.append(TagProblem("bad-uri", words, uri.start, size.end, False))
                    destinations.append(replace(uri, end=size.end, problem=why))
                else:
                    destinations.append(uri)
            problems.extend(p for p in listed if p.code not in ("obsolete-size", "unsupported-scheme"))
        elif tag.name != "v":
            words = f"{tag.name[:32]}= is not a TLS-RPT field"
            problems.append(TagProblem("unknown-tag", words, tag.start, tag.end, False))
    for uri in destinations:
        if not uri.problem and uri.scheme not in ("mailto", "https"):
            words = f"the rua= destination {uri.text[:60]!r} is invalid: only mailto: and https: are allowed"
            problems.append(TagProblem("unsupported-scheme", words, uri.start, uri.end, False))
    if not destinations:
        problems.append(TagProblem("missing-rua", "the record has no rua=", 0, len(text)))
    elif not any(is_usable(uri) for uri in destinations):
        words = "none of the destinations in rua= is usable"
        problems.append(TagProblem("no-usable-rua", words, destinations[0].start, destinations[-1].end))
    return TlsRptRecord(text, tags, tuple(problems), tuple(destinations))


def is_usable(uri: DmarcUri) -> bool:
    """Whether reports can be sent to a destination."""
    return not uri.problem and uri.scheme in ("mailto", "https")
