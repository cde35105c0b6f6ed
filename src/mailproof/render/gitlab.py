"""GitLab's Code Quality report: one JSON array, shown in merge requests."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from mailproof.model import Report, Severity
from mailproof.render.gaps import Gap, gaps
from mailproof.render.json import json_text
from mailproof.render.look import Look
from mailproof.render.places import NOWHERE, Place, place_of, relative
from mailproof.render.shown import clean
from mailproof.render.words import Unique, fix_lines, ranked, sentence

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_gitlab(reports: Sequence[Report], look: Look) -> str:
    """The findings, errors first, followed by what could not be checked."""
    unique = Unique()
    issues = [
        _issue(
            "\n".join((sentence(finding), *fix_lines(finding))),
            finding.rule,
            unique.of(finding.fingerprint),
            _SEVERITY[finding.severity],
            _location(place_of(finding, look.anchor), look),
        )
        for finding in ranked(tuple(reports))
    ]
    issues += [
        _issue(
            f"{clean(gap.subject)}: {gap.sentence}",
            gap.checks[0] if len(gap.checks) == 1 else "could-not-check",
            unique.of(_fingerprint(gap)),
            "info",
            _location(look.anchor(gap.subject), look),
        )
        for report in reports
        for gap in gaps(report)
    ]
    return json_text(issues)


def _issue(
    description: str, check: str, fingerprint: str, severity: str, location: dict[str, Any]
) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": location,
    }


def _fingerprint(gap: Gap) -> str:
    key = "\x1f".join((gap.kind, gap.subject, *gap.checks))
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _location(place: Place | None, look: Look) -> dict[str, Any]:
    place = place or Place(NOWHERE)
    found = {"path": clean(relative(place.file, look.root)), "lines": {"begin": place.line}}
    if place.column is None:
        return found
    begin = {"line": place.line, "column": place.column}
    end = {"line": place.line, "column": place.end_column or place.column}
    return {**found, "positions": {"begin": begin, "end": end}}
