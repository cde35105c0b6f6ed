"""Which rules count: select, ignore, and what makes a run fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from mailproof.model import Finding, Outcome, Report, Severity
from mailproof.score import score

FailOn = Literal["error", "warning", "never"]


def apply_policy(report: Report, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Report:
    """The report with only the outcomes of ``select`` (all where empty), and without ``ignore``'s findings.

    Both hold rule ids or their beginnings, in any case. Findings left out stay in ``suppressed``.
    """
    chosen, left_out = _prefixes(select), _prefixes(ignore)
    if not chosen and not left_out:
        return report
    outcomes: list[Outcome] = []
    suppressed: list[Finding] = list(report.suppressed)
    for outcome in report.outcomes:
        if chosen and not outcome.check.upper().startswith(chosen):
            continue
        if left_out and outcome.check.upper().startswith(left_out):
            suppressed.extend(outcome.findings)
            outcome = replace(outcome, status="skipped", findings=(), reason="ignored by policy")
        outcomes.append(outcome)
    return replace(report, outcomes=tuple(outcomes), suppressed=tuple(suppressed), score=score(outcomes))


def _prefixes(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(rule.strip().upper() for each in rules for rule in each.split(",") if rule.strip())


def exit_code(reports: Iterable[Report], fail_on: FailOn = "error") -> int:
    """0 clean · 1 a finding at or over ``fail_on`` · 3 incomplete · 130 interrupted. 1 goes before 3."""
    reports = tuple(reports)
    if any(report.interrupted for report in reports):
        return 130
    least = {"error": Severity.ERROR.rank, "warning": Severity.WARNING.rank, "never": -1}[fail_on]
    if any(finding.severity.rank <= least for report in reports for finding in report.findings):
        return 1
    return 3 if any(report.incomplete for report in reports) else 0
