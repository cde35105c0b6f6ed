"""GitLab's Code Quality report: one JSON array, shown in merge requests."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from mailproof.model import Report, Severity
from mailproof.render.gaps import Gap, gaps
from mailproof.render.json import json_text
from mailproof.render.look import Look
from mailproof.render.places import NOWHERE, Place, place_of, relative
from mailproof.render.shown import clean
from mailproof.render.words import Unique, fix_lines, ranked, sentence

_SEVERITY: dict[Severity, Literal["info", "minor", "major"]] = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.INFO: "info",
}


class _Lines(Struct, frozen=True):
    begin: int


class _Position(Struct, frozen=True):
    line: int
    column: int


class _Positions(Struct, frozen=True):
    begin: _Position
    end: _Position


class _Location(Struct, frozen=True, omit_defaults=True):
    path: str
    lines: _Lines
    positions: _Positions | None = None


class _Issue(Struct, frozen=True):
    description: str
    check_name: str
    fingerprint: str
    severity: Literal["info", "minor", "major"]
    location: _Location


def render_gitlab(reports: Sequence[Report], look: Look) -> str:
    """The findings, errors first, then what could not be checked."""
    unique = Unique()
    issues = [
        _Issue(
            "\n".join((sentence(finding), *fix_lines(finding))),
            finding.rule,
            unique.of(finding.fingerprint),
            _SEVERITY[finding.severity],
            _location(place_of(finding, look.anchor), look),
        )
        for finding in ranked(tuple(reports))
    ]
    issues += [
        _Issue(
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


def _fingerprint(gap: Gap) -> str:
    key = "\x1f".join((gap.kind, gap.subject, *gap.checks))
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _location(place: Place | None, look: Look) -> _Location:
    place = place or Place(NOWHERE)
    positions = None
    if place.column is not None:
        end = _Position(place.line, place.end_column or place.column)
        positions = _Positions(_Position(place.line, place.column), end)
    return _Location(clean(relative(place.file, look.root)), _Lines(place.line), positions)
