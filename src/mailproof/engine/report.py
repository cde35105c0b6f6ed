"""Builds the Report from outcomes and facts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from mailproof._version import __version__
from mailproof.checks import registry
from mailproof.dns import Resolver
from mailproof.dns.answer import position
from mailproof.dns.written import span_of
from mailproof.engine.relate import relate
from mailproof.engine.session import Work
from mailproof.model import (
    SCHEMA_VERSION,
    Facts,
    Finding,
    Impossible,
    NotPossibleHere,
    Outcome,
    Report,
    Rule,
    Score,
    Tool,
)
from mailproof.model.findings import mapped
from mailproof.score import graded
from mailproof.structs import replace


def rules_of(outcomes: Iterable[Outcome]) -> tuple[Rule, ...]:
    """The rules that found something, in the order of their outcomes."""
    found = dict.fromkeys([finding.rule for outcome in outcomes for finding in outcome.findings])
    return tuple(registry.check(rule).rule for rule in found)


def report_of(
    work: Work,
    subject: str,
    outcomes: tuple[Outcome, ...],
    facts: Facts,
    *,
    resolver: Resolver | None = None,
    selected: tuple[str, ...] = (),
) -> Report:
    """The report on a piece of work, with file and line of findings from ``resolver`` (None: its own)."""
    outcomes = mapped(outcomes, partial(_place, resolver=resolver or work.resolver))
    if work.stop.stopped:  # unasked because the run was stopped, not by choice
        outcomes = tuple(replace(each, status="unknown") if each.unasked else each for each in outcomes)
    return build_report(
        subject,
        work.started,
        outcomes,
        facts,
        rules_of(outcomes),
        selected=selected,
        elapsed_s=round(time.perf_counter() - work.clock, 3),
        interrupted=work.stop.interrupted,
    )


def build_report(
    subject: str,
    started: datetime,
    outcomes: Iterable[Outcome],
    facts: Facts,
    rules: tuple[Rule, ...],
    *,
    selected: tuple[str, ...] = (),
    elapsed_s: float = 0.0,
    interrupted: bool = False,
) -> Report:
    """Build a complete report: findings with their causes, and a grade."""
    outcomes = relate(outcomes, rules)
    return graded(
        Report(
            schema_version=SCHEMA_VERSION,
            tool=Tool(version=__version__),
            started=started,
            subject=subject,
            outcomes=outcomes,
            facts=facts,
            score=Score(None, 0),
            rules=rules,
            elapsed_s=elapsed_s,
            interrupted=interrupted,
            selected=selected,
            not_possible_here=_not_possible_here(outcomes),
        )
    )


def _not_possible_here(outcomes: Iterable[Outcome]) -> tuple[NotPossibleHere, ...]:
    found: dict[Impossible, list[Outcome]] = {}
    for outcome in outcomes:
        if (what := outcome.not_possible_here) is not None:
            found.setdefault(what, []).append(outcome)
    return tuple(
        NotPossibleHere(what, hidden[0].reason, tuple(dict.fromkeys(each.check for each in hidden)))
        for what, hidden in found.items()
    )


def _place(finding: Finding, resolver: Resolver) -> Finding:
    where = finding.location
    if where is None or where.file or not where.name:
        return finding
    found = position(resolver, where.name, where.rrtype, where.record)
    if found is None:
        return finding
    span = span_of(found, where.rrtype, where.record, where.start, where.end)
    placed = replace(where, file=found.file, line=found.line, record_line=found.line)
    if span is not None:
        placed = replace(placed, line=span.line, column=span.column, end_column=span.end_column)
    return replace(finding, location=placed)
