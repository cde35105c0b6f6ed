"""Builds the Report from outcomes and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from mailproof._version import __version__
from mailproof.checks.base import Check
from mailproof.dns import Resolver
from mailproof.engine.relate import relate
from mailproof.facts.stop import Stop
from mailproof.model import SCHEMA_VERSION, Facts, Finding, Outcome, Report, Score, Tool
from mailproof.score import score
from mailproof.structs import replace

_Position = Callable[[str, str, str], "tuple[str, int] | None"]


def build_report(
    subject: str,
    started: datetime,
    outcomes: Iterable[Outcome],
    facts: Facts,
    checks: Iterable[Check[Any]],
    *,
    resolver: Resolver | None = None,
    elapsed_s: float = 0.0,
    stop: Stop | None = None,
) -> Report:
    """A complete report of ``checks``: findings with their causes (and file and line), and a grade."""
    position: _Position | None = getattr(resolver, "position", None)
    outcomes = tuple(
        _placed(outcome, position) if position and outcome.findings else outcome for outcome in outcomes
    )
    if stop is not None and stop.stopped:  # what nobody was asked, nobody wished to leave out
        outcomes = tuple(replace(each, status="unknown") if each.unasked else each for each in outcomes)
    found = {finding.rule for outcome in outcomes for finding in outcome.findings}
    rules = tuple(check.rule for check in checks if check.rule.id in found)
    report = Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool(version=__version__),
        started=started,
        subject=subject,
        outcomes=relate(outcomes, rules),
        facts=facts,
        score=Score(None, 0),
        rules=rules,
        elapsed_s=round(elapsed_s, 3),
        interrupted=stop is not None and stop.interrupted,
    )
    return replace(report, score=score(report))


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
