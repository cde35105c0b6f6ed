"""Computes the grade of a report. The table is published in docs/scoring.md."""

from __future__ import annotations

from operator import attrgetter

from mailproof.model import Cause, Deduction, Report, Score, Severity
from mailproof.printable import listed
from mailproof.structs import replace

#: The points that a rule costs (once), by the worst of its findings and their consequences.
COST = {Severity.ERROR: 30, Severity.WARNING: 6, Severity.INFO: 0}
#: The minimum points for each grade.
GRADES = (("A", 90), ("B", 75), ("C", 60), ("D", 40), ("F", 0))
#: Rules that repeat the findings of others for a particular receiver: they cost nothing extra.
REPEATING_RULES = ("RCV",)
#: At most this many unknown items are named.
MOST_NAMED = 3


def graded(report: Report) -> Report:
    """The report with its grade; keeps cached values that were derived from it."""
    found = replace(report, score=score(report))
    found.__dict__.update(report.__dict__)
    return found


def score(report: Report) -> Score:
    """Grade a report: 100 points minus the cost of each cause; no grade if a deciding fact is unknown."""
    counted = [
        (_severity(cause), cause.finding.rule)
        for cause in report.grouped
        if not cause.finding.rule.startswith(REPEATING_RULES)
    ]
    worst: dict[str, Severity] = {}
    for severity, rule in sorted(counted, key=_rank):
        worst.setdefault(rule, severity)
    deductions = tuple(
        [
            Deduction(rule, COST[severity], severity.value)
            for rule, severity in worst.items()
            if COST[severity]
        ]
    )
    points = max(0, 100 - sum(deduction.points for deduction in deductions))
    not_possible = len(report.open)
    withheld = _withheld(report, not_possible)
    return Score(
        grade=None if withheld else next(letter for letter, least in GRADES if points >= least),
        points=points,
        deductions=deductions,
        complete=not withheld and not not_possible,
        not_possible=not_possible,
        withheld=withheld,
    )


def _severity(cause: Cause) -> Severity:
    """The worst severity among the findings of a cause that count."""
    counted = [each.severity for each in cause.all if not each.rule.startswith(REPEATING_RULES)]
    return min(counted, key=attrgetter("rank"))


def _rank(counted: tuple[Severity, str]) -> int:
    return counted[0].rank


def _withheld(report: Report, not_possible: int) -> tuple[str, ...]:
    """Why there is no grade; empty if there is one."""
    if report.interrupted:
        return ("the run was interrupted",)
    if report.selected:
        return (f"only {listed(report.selected)} checks were made",)
    domain = report.facts.dns
    if domain is not None and not domain.exists:
        return (f"{domain.domain} does not exist",)
    message = report.facts.message
    if message is not None and message.is_report:
        return ("it is a report, no mail",)
    gaps: dict[str, dict[str, None]] = {}
    for each in report.facts.deciding:
        if not each.known:
            gaps.setdefault(each.why, {})[each.what] = None
    if gaps:
        return tuple(_gap(tuple(what), why) for why, what in gaps.items())
    made = report.statuses["pass"] + report.statuses["warn"] + report.statuses["fail"]
    return ("most checks were not possible",) if not_possible > made or not made else ()


def _gap(what: tuple[str, ...], why: str) -> str:
    """The unknown facts that share a reason."""
    more = (f"{len(what) - MOST_NAMED} more",) if len(what) > MOST_NAMED else ()
    return f"unknown: {listed((*what[:MOST_NAMED], *more))}{f': {why}' if why else ''}"
