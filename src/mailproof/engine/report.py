"""Builds the Report from outcomes and facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, runtime_checkable

from mailproof._version import __version__
from mailproof.checks.base import AnyCheck
from mailproof.dns import Resolver
from mailproof.frozen import replace
from mailproof.model import SCHEMA_VERSION, Facts, Finding, Outcome, Report, Tool
from mailproof.score import score


@runtime_checkable
class _Positioned(Protocol):
    def position(self, name: str, rrtype: str, text: str) -> tuple[str, int] | None: ...


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
    placer = resolver if isinstance(resolver, _Positioned) else None
    outcomes = tuple(_placed(outcome, placer) if placer else outcome for outcome in outcomes)
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


def _placed(outcome: Outcome, resolver: _Positioned) -> Outcome:
    if not outcome.findings:
        return outcome
    return replace(outcome, findings=tuple(_place(finding, resolver) for finding in outcome.findings))


def _place(finding: Finding, resolver: _Positioned) -> Finding:
    where = finding.location
    if where is None or where.file or not where.name:
        return finding
    position = resolver.position(where.name, where.rrtype, where.record)
    if position is None:
        return finding
    return replace(finding, location=replace(where, file=position[0], line=position[1]))
