"""Runs checks on facts. A check that raises only costs its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from msgspec import Struct

from mailproof.checks.base import (
    Check,
    Enough,
    ImpossibleHere,
    NotApplicable,
    Profiles,
    Reporter,
    Undetermined,
)
from mailproof.engine.profiles import NOTHING_SKIPPED, skipped_for
from mailproof.model import (
    CollectorFailure,
    DomainFacts,
    Impossible,
    Lookup,
    Outcome,
    OutcomeStatus,
    Unanswered,
)
from mailproof.model.findings import status_of
from mailproof.structs import replace

F = TypeVar("F")
#: Unanswered lookups named in an outcome; a hostile record can cause hundreds.
MOST_UNANSWERED = 20
_Begins: TypeAlias = Callable[..., object]


class _Begun(Struct, frozen=True):
    """The result of a shared ``begins`` function: a value and gaps, or its checks' outcome (``end``)."""

    value: object
    gaps: Mapping[str, tuple[Lookup, ...]]
    end: Outcome | None


def judge(
    checks: Iterable[Check[F]],
    facts: F,
    subject: str,
    failures: tuple[CollectorFailure, ...] = (),
    skipped: Mapping[Profiles | None, str] = NOTHING_SKIPPED,
) -> tuple[Outcome, ...]:
    """One outcome per check, in order.

    A check whose topic's collector failed is not run: its outcome is ``unknown`` (cut off, DNS trouble) or
    ``error`` (a bug of ours), with the collector's reason. Checks for a kind of domain in ``skipped`` are not
    run either, nor are those whose ``begins`` function ends them.
    """
    failed = {failure.collector: failure for failure in failures}
    begun: dict[_Begins, _Begun] = {}
    return tuple([_judged(check, facts, subject, failed, skipped, begun) for check in checks])


def _judged(
    check: Check[F],
    facts: F,
    subject: str,
    failed: Mapping[str, CollectorFailure],
    skipped: Mapping[Profiles | None, str],
    begun: dict[_Begins, _Begun],
) -> Outcome:
    rule, begins = check.rule, check.begins
    if check.profiles in skipped:
        return Outcome(rule.id, subject, "skipped", (), skipped[check.profiles])
    if rule.topic in failed:
        failure = failed[rule.topic]
        return Outcome(rule.id, subject, "unknown" if failure.unknown else "error", (), failure.reason)
    value: object = facts
    gaps: Mapping[str, tuple[Lookup, ...]] | None = None
    if begins is not None:
        if begins not in begun:
            begun[begins] = _begin(check, facts, Reporter(rule, subject))
        found = begun[begins]
        if found.end is not None:
            return replace(found.end, check=rule.id)
        value, gaps = found.value, found.gaps
    report = Reporter(rule, subject)
    if gaps:
        report.gaps.update(gaps)
    try:
        check.check(facts, value, report)
    except Exception as error:  # noqa: BLE001 - a bug in one rule must not cost the report
        return _outcome(report, error)
    return _outcome(report) if report.findings or report.gaps else Outcome(rule.id, subject, "pass")


def judge_domain(facts: DomainFacts, checks: tuple[Check[DomainFacts], ...]) -> tuple[Outcome, ...]:
    """As ``judge``, for a domain: without the rules that don't apply to its profile.

    For a domain that does not exist, nothing else is reported.
    """
    skipped = skipped_for(facts.profile)
    if facts.exists:
        return judge(checks, facts, facts.domain, facts.failures, skipped)
    own = [check for check in checks if check.rule.topic == "domain"]
    found = {each.check: each for each in judge(own, facts, facts.domain, facts.failures) if each.findings}
    reason = f"{facts.domain} does not exist"
    return tuple(
        found.get(check.rule.id) or Outcome(check.rule.id, facts.domain, "skipped", (), reason)
        for check in checks
    )


def _begin(check: Check[F], facts: F, report: Reporter) -> _Begun:
    """Run a check's ``begins`` function."""
    try:
        value = check.begin(facts, report)
    except Exception as error:  # noqa: BLE001 - nor may a bug in a begins function
        return _Begun(None, {}, _outcome(report, error))
    return _Begun(value, report.gaps, None)


def _outcome(report: Reporter, ended: Exception | None = None) -> Outcome:
    """A check's outcome: what it reported, and the exception that ended it early, if any."""
    rule, subject, findings = report.rule.id, report.subject, tuple(report.findings)
    status: OutcomeStatus = "pass"
    reason = ""
    here: Impossible | None = None
    if ended is None or isinstance(ended, Enough):
        pass
    elif isinstance(ended, NotApplicable):
        reason, status = str(ended), "skipped"
    elif isinstance(ended, Undetermined):
        report.unknown(str(ended), ended.lookups)
    elif isinstance(ended, ImpossibleHere):
        reason, status, here = str(ended), "skipped", ended.what
    else:
        return Outcome(rule, subject, "error", findings, f"{type(ended).__name__}: {ended}")
    if not findings and not report.gaps:
        return Outcome(rule, subject, status, (), reason, (), here)
    unanswered: tuple[Unanswered, ...] = ()
    if (unknown := report.undetermined) is not None:
        reason = str(unknown)
        unanswered = tuple(dict.fromkeys(map(Unanswered.of, unknown.lookups)))[:MOST_UNANSWERED]
        # What the user asked us not to look up (--offline) did not fail: it is skipped, not unknown.
        unasked = unanswered and all(each.status == "unasked" for each in unanswered)
        status, here = "skipped" if unasked else "unknown", None
    if (found := status_of(findings)) != "pass":
        status = found
    return Outcome(rule, subject, status, findings, reason, unanswered, here)
