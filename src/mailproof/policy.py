"""Which rules count: selected, ignored, known and accepted findings, and what makes a run fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from mailproof.choices import FailOn
from mailproof.model import Accepted, Finding, Impossible, Location, Outcome, Report, Severity, Suppressed
from mailproof.model.findings import status_of
from mailproof.names import is_within
from mailproof.score import graded
from mailproof.structs import replace

#: The reason for findings suppressed by ``--ignore``.
IGNORED = "--ignore"
#: The reason for findings suppressed by ``--baseline``.
BASELINE = "--baseline"


class Policy(Struct, frozen=True):
    """Which rules count in a run: rule ids or prefixes of them, in any case. See ``apply_policy``.

    ``severities`` override those of rules; ``baseline`` has the fingerprints of known findings.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()
    baseline: frozenset[str] | Literal["all"] = frozenset()

    @property
    def selected(self) -> tuple[str, ...]:
        """The selected rules; empty if all are."""
        return _prefixes(self.select)

    def selects(self, rule: str) -> bool:
        """Whether a rule is selected."""
        return not self.select or rule.startswith(self.selected)

    def ignores(self, rule: str) -> bool:
        """Whether the findings of a rule are ignored."""
        return rule.startswith(_prefixes(self.ignore))

    def applied(self, report: Report) -> Report:
        """Apply this policy to a report."""
        severe = with_severities(report, self.severities)
        with_policy = apply_policy(severe, self.select, self.ignore, self.accepted)
        return with_baseline(with_policy, self.baseline)


def with_baseline(report: Report, known: frozenset[str] | Literal["all"]) -> Report:
    """Suppress the findings of a report whose fingerprints are known (or all findings)."""
    if not known:
        return report
    suppressed: list[Suppressed] = []
    outcomes: list[Outcome] = []
    for outcome in report.outcomes:
        hidden = [each for each in outcome.findings if known == "all" or each.fingerprint in known]
        suppressed += (_suppressed(each, BASELINE) for each in hidden)
        outcomes.append(_without(outcome, hidden) if hidden else outcome)
    return graded(replace(report, outcomes=tuple(outcomes), suppressed=(*report.suppressed, *suppressed)))


def with_severities(report: Report, severities: Iterable[tuple[str, Severity]]) -> Report:
    """Override severities by rule: the longest matching prefix of the rule's id decides."""
    wanted = sorted(
        ((rule.strip().upper(), severity) for rule, severity in severities), key=lambda pair: -len(pair[0])
    )
    if not wanted:
        return report

    def severity_of(finding: Finding) -> Severity:
        return next((each for rule, each in wanted if finding.rule.startswith(rule)), finding.severity)

    outcomes = tuple(
        _with_findings(outcome, tuple(replace(each, severity=severity_of(each)) for each in outcome.findings))
        if outcome.findings
        else outcome
        for outcome in report.outcomes
    )
    return graded(replace(report, outcomes=outcomes))


def apply_policy(
    report: Report,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    accepted: Iterable[Accepted] = (),
) -> Report:
    """Reduce a report to the outcomes of ``select`` (empty: all), without the findings of ``ignore``.

    Both hold rule ids or prefixes, in any case. ``accepted`` describes findings of one or all domains that
    are left out until they expire. Findings that are left out are kept in ``suppressed``.
    """
    chosen, left_out = _prefixes(select), _prefixes(ignore)
    known = tuple(accepted)
    if not chosen and not left_out and not known:
        return report
    valid = tuple(each for each in known if not _expired(each, report.started))
    outcomes: list[Outcome] = []
    suppressed = list(report.suppressed)
    remaining: list[Outcome] = []
    used: set[Accepted] = set()
    for outcome in report.outcomes:
        if chosen and not outcome.check.upper().startswith(chosen):
            continue
        if left_out and outcome.check.upper().startswith(left_out):
            suppressed.extend(_suppressed(finding, IGNORED) for finding in outcome.findings)
            outcome = replace(outcome, status="skipped", findings=(), reason="ignored by policy")
        remaining.append(outcome)
        taken = {
            finding: by
            for finding in outcome.findings
            if (by := next((each for each in valid if _accepts(each, finding)), None)) is not None
        }
        if taken:
            used.update(taken.values())
            suppressed.extend(_suppressed(finding, by.reason) for finding, by in taken.items())
            outcome = _without(outcome, taken)
        outcomes.append(outcome)
    filtered = replace(
        report,
        outcomes=tuple(outcomes),
        suppressed=tuple(suppressed),
        selected=chosen or report.selected,
        accepted=tuple(
            replace(each, state="expired" if each not in valid else "used" if each in used else "unused")
            for each in known
            if _concerns(each, remaining)
        ),
    )
    return graded(filtered)


def _prefixes(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(rule.strip().upper() for each in rules for rule in each.split(",") if rule.strip())


def _suppressed(finding: Finding, reason: str) -> Suppressed:
    return Suppressed(finding.rule, finding.subject, reason, finding)


def _without(outcome: Outcome, taken: Iterable[Finding]) -> Outcome:
    """The outcome without these findings; an unchecked outcome stays unchecked."""
    hidden = set(taken)
    left = tuple(finding for finding in outcome.findings if finding not in hidden)
    if not left and not outcome.unchecked:
        return replace(outcome, status="skipped", findings=(), reason="ignored by policy")
    return _with_findings(outcome, left)


def _with_findings(outcome: Outcome, findings: tuple[Finding, ...]) -> Outcome:
    """The outcome with these findings and the resulting status; an unchecked outcome stays unchecked."""
    if outcome.unchecked:
        return replace(outcome, findings=findings)
    return replace(outcome, findings=findings, status=status_of(findings))


def _accepts(accepted: Accepted, finding: Finding) -> bool:
    where = finding.location or Location()
    if accepted.file and (where.file, where.record_line or where.line) != (accepted.file, accepted.line):
        return False
    return _covers(accepted, finding.rule, finding.subject)


def _covers(accepted: Accepted, rule: str, subject: str) -> bool:
    return rule.upper().startswith(accepted.rule.upper()) and (
        not accepted.subject or accepted.subject.lower() == subject.lower()
    )


def _concerns(accepted: Accepted, outcomes: Iterable[Outcome]) -> bool:
    """Whether the entry could have applied: a rule that it names was checked here."""
    return any(
        outcome.status in ("pass", "warn", "fail")
        and _covers(accepted, outcome.check, outcome.subject)
        and (not accepted.file or is_within(accepted.owner, outcome.subject))
        for outcome in outcomes
    )


def _expired(accepted: Accepted, now: datetime) -> bool:
    """Whether the entry has expired: a date includes its whole day, a time without a zone is in UTC."""
    until = accepted.expires
    if until is None:
        return False
    if not isinstance(until, datetime):
        return now.astimezone(UTC).date() > until
    return now >= (until if until.tzinfo else until.replace(tzinfo=UTC))


def exit_code(
    reports: Iterable[Report], fail_on: FailOn = "error", require: Collection[Impossible] = ()
) -> int:
    """0 clean · 1 a finding at or over ``fail_on`` · 3 incomplete · 130 interrupted. 1 overrides 3.

    Checks that are impossible on this machine make it 3 only if they are in ``require``.
    """
    reports = tuple(reports)
    if any(report.interrupted for report in reports):
        return 130
    least = {"error": Severity.ERROR.rank, "warning": Severity.WARNING.rank, "never": -1}[fail_on]
    if any(finding.severity.rank <= least for report in reports for finding in report.findings):
        return 1
    missing = any(each.what in require for report in reports for each in report.not_possible_here)
    return 3 if missing or any(report.incomplete for report in reports) else 0
