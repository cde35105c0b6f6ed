"""The grade, from outcomes alone. The table is published in docs/scoring.md."""

from __future__ import annotations

from collections.abc import Iterable

from mailproof.model import Deduction, Outcome, Score, Severity

#: Points that a rule costs, once, by the severity of its worst finding.
COST = {Severity.ERROR: 30, Severity.WARNING: 6, Severity.INFO: 0}
#: The least points for each grade.
GRADES = (("A", 90), ("B", 75), ("C", 60), ("D", 40), ("F", 0))
#: Rules that tell what others found from another side: they cost nothing more.
TOLD_ELSEWHERE = ("RCV",)
#: With more than this share of the judged outcomes unknown there is no grade.
MOST_UNKNOWN = 0.5


def score(outcomes: Iterable[Outcome]) -> Score:
    """Grade a report: 100 points less what each rule costs; ``?`` where too much is unknown."""
    outcomes = tuple(outcomes)
    worst: dict[str, Severity] = {}
    for outcome in outcomes:
        if outcome.check.startswith(TOLD_ELSEWHERE):
            continue
        for finding in outcome.findings:
            known = worst.get(finding.rule, Severity.INFO)
            worst[finding.rule] = min(known, finding.severity, key=lambda severity: severity.rank)
    deductions = tuple(
        Deduction(rule, COST[severity], severity.value) for rule, severity in worst.items() if COST[severity]
    )
    points = max(0, 100 - sum(deduction.points for deduction in deductions))
    judged = [outcome for outcome in outcomes if outcome.status != "skipped"]
    unknown = [outcome for outcome in judged if outcome.status in ("unknown", "error")]
    if not judged or len(unknown) > MOST_UNKNOWN * len(judged):
        return Score("?", points, deductions, complete=False)
    grade = next(letter for letter, least in GRADES if points >= least)
    return Score(grade, points, deductions, complete=not unknown)
