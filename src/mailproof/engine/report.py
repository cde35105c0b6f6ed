"""Builds the Report from outcomes and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from mailproof._version import __version__
from mailproof.checks.base import AnyCheck
from mailproof.dns import Resolver
from mailproof.frozen import replace
from mailproof.model import SCHEMA_VERSION, Facts, Finding, Outcome, Report, Tool
from mailproof.score import score

_Position = Callable[[str, str, str], "tuple[str, int] | None"]


def build_report(
    subject: str,
    started: datetime,
    outcomes: Iterable[Outcome],
    facts: Facts,
    checks: Iterable[AnyCheck],
    *,
    resolver: Resolver | None = None,
    elapsed_s: float = 0.0,
    interrupted: bool = False,
) -> Report:
    """A complete report of ``checks``; findings about records of a zone file get their file and line."""
    position: _Position | None = getattr(resolver, "position", None)
    outcomes = tuple(
        _placed(outcome, position) if position and outcome.findings else outcome for outcome in outcomes
    )
    found = {finding.rule for outcome in outcomes for finding in outcome.findings}
    return Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool(version=__version__),
        started=started,
        subject=subject,
        outcomes=outcomes,
        facts=facts,
        score=score(outcomes),
        rules=tuple(check.rule for check in checks if check.rule.id in found),
        elapsed_s=round(elapsed_s, 3),
        interrupted=interrupted,
    )


def _placed(outcome: Outcome, position: _Position) -> Outcome:
    return replace(outcome, findings=tuple(_place(finding, position) for finding in outcome.findings))


def _place(finding: Finding, position: _Position) -> Finding:
    where = finding.location
    if where is None or where.file or not where.name:
        return finding
    found = position(where.name, where.rrtype, where.record)
    if found is None:
        return finding
    return replace(finding, location=replace(where, file=found[0], line=found[1]))
