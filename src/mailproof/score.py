"""The grade, from a report alone. The table is published in docs/scoring.md."""

from __future__ import annotations

from operator import attrgetter

from mailproof.model import Cause, Deduction, Report, Score, Severity
from mailproof.printable import listed
from mailproof.structs import replace

#: Points that a rule costs, once, by the worst of its findings and of what follows from them.
COST = {Severity.ERROR: 30, Severity.WARNING: 6, Severity.INFO: 0}
#: The least points for each grade.
GRADES = (("A", 90), ("B", 75), ("C", 60), ("D", 40), ("F", 0))
#: Rules that say again, for one receiver, what others found: they cost nothing more.
TOLD_ELSEWHERE = ("RCV",)
#: At most this many unknown items are named.
MOST_NAMED = 3


def graded(report: Report) -> Report:
    """The report with its grade; what was derived of it for that is kept."""
    found = replace(report, score=score(report))
    found.__dict__.update(report.__dict__)
    return found


def score(report: Report) -> Score:
    """Grade a report: 100 points less what each cause costs; no grade where what decides is not known."""
    counted = [
        (_severity(cause), cause.finding.rule)
        for cause in report.grouped
        if not cause.finding.rule.startswith(TOLD_ELSEWHERE)
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
    """The worst of all that counts of a cause."""
    counted = [each.severity for each in cause.all if not each.rule.startswith(TOLD_ELSEWHERE)]
    return min(counted, key=attrgetter("rank"))


def _rank(counted: tuple[Severity, str]) -> int:
    return counted[0].rank


def _withheld(report: Report, not_possible: int) -> tuple[str, ...]:
    """Why there is no grade; empty where there is one."""
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
    """What is not known for one reason."""
    more = (f"{len(what) - MOST_NAMED} more",) if len(what) > MOST_NAMED else ()
    return f"unknown: {listed((*what[:MOST_NAMED], *more))}{f': {why}' if why else ''}"
