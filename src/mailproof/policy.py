"""Which rules count: select, ignore, what is known and accepted, and what makes a run fail."""

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

#: Why ``--ignore`` leaves a finding out.
IGNORED = "--ignore"
#: Why ``--baseline`` leaves a finding out.
BASELINE = "--baseline"


class Policy(Struct, frozen=True):
    """Which rules count in a run: rule ids or their beginnings, in any case. See ``apply_policy``.

    ``severities`` are those of rules that count as something else; ``baseline`` the fingerprints of findings
    that were there before.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()
    baseline: frozenset[str] | Literal["all"] = frozenset()

    @property
    def selected(self) -> tuple[str, ...]:
        """The only rules that count; empty where all do."""
        return _prefixes(self.select)

    def selects(self, rule: str) -> bool:
        """Whether a rule counts at all."""
        return not self.select or rule.startswith(self.selected)

    def ignores(self, rule: str) -> bool:
        """Whether the findings of a rule are left out."""
        return rule.startswith(_prefixes(self.ignore))

    def applied(self, report: Report) -> Report:
        """The report as this policy leaves it."""
        severe = with_severities(report, self.severities)
        judged = apply_policy(severe, self.select, self.ignore, self.accepted)
        return with_baseline(judged, self.baseline)


def with_baseline(report: Report, known: frozenset[str] | Literal["all"]) -> Report:
    """The report without the findings whose fingerprints are known (or without all); they are suppressed."""
    if not known:
        return report
    suppressed: list[Suppressed] = []
    outcomes: list[Outcome] = []
    for outcome in report.outcomes:
        gone = [each for each in outcome.findings if known == "all" or each.fingerprint in known]
        suppressed += (_suppressed(each, BASELINE) for each in gone)
        outcomes.append(_without(outcome, gone) if gone else outcome)
    return graded(replace(report, outcomes=tuple(outcomes), suppressed=(*report.suppressed, *suppressed)))


def with_severities(report: Report, severities: Iterable[tuple[str, Severity]]) -> Report:
    """The report with other severities by rule: the longest beginning of a rule's id decides."""
    wanted = sorted(((rule.strip().upper(), severity) for rule, severity in severities), key=_by_length)
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


def _by_length(pair: tuple[str, Severity]) -> int:
    return -len(pair[0])


def apply_policy(
    report: Report,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    accepted: Iterable[Accepted] = (),
) -> Report:
    """The report with only the outcomes of ``select`` (all where empty), and without ``ignore``'s findings.

    Both hold rule ids or their beginnings, in any case. ``accepted`` are findings of one domain or of all
    that are left out until a day; those that have expired count no more. What is left out stays in
    ``suppressed``.
    """
    chosen, left_out = _prefixes(select), _prefixes(ignore)
    known = tuple(accepted)
    if not chosen and not left_out and not known:
        return report
    valid = tuple(each for each in known if not _expired(each, report.started))
    outcomes: list[Outcome] = []
    suppressed = list(report.suppressed)
    judged_here: list[Outcome] = []
    used: set[Accepted] = set()
    for outcome in report.outcomes:
        if chosen and not outcome.check.upper().startswith(chosen):
            continue
        if left_out and outcome.check.upper().startswith(left_out):
            suppressed.extend(_suppressed(finding, IGNORED) for finding in outcome.findings)
            outcome = replace(outcome, status="skipped", findings=(), reason="ignored by policy")
        judged_here.append(outcome)
        taken = {finding: by for finding in outcome.findings if (by := _by(finding, valid)) is not None}
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
            if _concerns(each, judged_here)
        ),
    )
    return graded(filtered)


def _prefixes(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(rule.strip().upper() for each in rules for rule in each.split(",") if rule.strip())


def _suppressed(finding: Finding, reason: str) -> Suppressed:
    return Suppressed(finding.rule, finding.subject, reason, finding)


def _without(outcome: Outcome, taken: Iterable[Finding]) -> Outcome:
    """The outcome without these findings; what it could not check stays open."""
    gone = set(taken)
    left = tuple(finding for finding in outcome.findings if finding not in gone)
    if not left and not outcome.unchecked:
        return replace(outcome, status="skipped", findings=(), reason="ignored by policy")
    return _with_findings(outcome, left)


def _with_findings(outcome: Outcome, findings: tuple[Finding, ...]) -> Outcome:
    """The outcome with these findings, and the status that they make; what is open stays open."""
    if outcome.unchecked:
        return replace(outcome, findings=findings)
    return replace(outcome, findings=findings, status=status_of(findings))


def _by(finding: Finding, accepted: Iterable[Accepted]) -> Accepted | None:
    """What accepts the finding."""
    return next((each for each in accepted if _accepts(each, finding)), None)


def _accepts(accepted: Accepted, finding: Finding) -> bool:
    where = finding.location
    if accepted.file and (where is None or _begins(where) != (accepted.file, accepted.line)):
        return False
    return _names(accepted, finding.rule, finding.subject)


def _begins(where: Location) -> tuple[str, int | None]:
    return where.file, where.record_line or where.line


def _names(accepted: Accepted, rule: str, subject: str) -> bool:
    return rule.upper().startswith(accepted.rule.upper()) and (
        not accepted.subject or accepted.subject.lower() == subject.lower()
    )


def _concerns(accepted: Accepted, outcomes: Iterable[Outcome]) -> bool:
    """Whether a rule that it names was checked here, so that it could have applied."""
    return any(
        outcome.status in ("pass", "warn", "fail")
        and _names(accepted, outcome.check, outcome.subject)
        and (not accepted.file or is_within(accepted.owner, outcome.subject))
        for outcome in outcomes
    )


def _expired(accepted: Accepted, now: datetime) -> bool:
    """Whether its day is over: a date holds to its end, a time without a zone is in UTC."""
    until = accepted.expires
    if until is None:
        return False
    if not isinstance(until, datetime):
        return now.astimezone(UTC).date() > until
    return now >= (until if until.tzinfo else until.replace(tzinfo=UTC))


def exit_code(
    reports: Iterable[Report], fail_on: FailOn = "error", require: Collection[Impossible] = ()
) -> int:
    """0 clean · 1 a finding at or over ``fail_on`` · 3 incomplete · 130 interrupted. 1 goes before 3.

    What this machine cannot do makes it 3 only where it is in ``require``.
    """
    reports = tuple(reports)
    if any(report.interrupted for report in reports):
        return 130
    least = {"error": Severity.ERROR.rank, "warning": Severity.WARNING.rank, "never": -1}[fail_on]
    if any(finding.severity.rank <= least for report in reports for finding in report.findings):
        return 1
    missing = any(each.what in require for report in reports for each in report.not_possible_here)
    return 3 if missing or any(report.incomplete for report in reports) else 0
