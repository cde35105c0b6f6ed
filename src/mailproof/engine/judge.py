"""Runs checks over facts: one that fails costs its own outcome and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

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
    Finding,
    Impossible,
    Outcome,
    OutcomeStatus,
    Severity,
    Unanswered,
)

F = TypeVar("F")
#: An outcome names no more questions than this; a hostile record can make us ask hundreds.
MOST_UNANSWERED = 20


def judge(
    checks: Iterable[Check[F]],
    facts: F,
    subject: str,
    failures: tuple[CollectorFailure, ...] = (),
    skipped: Mapping[Profiles, str] = NOTHING_SKIPPED,
) -> tuple[Outcome, ...]:
    """One outcome for each check, in their order.

    A check whose topic's collector failed is not run: its outcome is ``unknown`` (cut off, DNS trouble) or
    ``error`` (a fault of ours), with the collector's reason. Nor are those for the domains that are
    ``skipped``, for the reason given.
    """
    failed = {failure.collector: failure for failure in failures}
    outcomes = []
    for check in checks:
        rule = check.rule
        if why := skipped.get(check.profiles):
            outcomes.append(Outcome(rule.id, subject, "skipped", (), why))
        elif failure := failed.get(rule.topic):
            status: OutcomeStatus = "unknown" if failure.unknown else "error"
            outcomes.append(Outcome(rule.id, subject, status, (), failure.reason))
        else:
            outcomes.append(_one(check, facts, subject))
    return tuple(outcomes)


def judge_domain(facts: DomainFacts, checks: tuple[Check[DomainFacts], ...]) -> tuple[Outcome, ...]:
    """The same for a domain, without the rules that make no sense for what it is for.

    That a domain does not exist is all there is to say of it.
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


def _one(check: Check[F], facts: F, subject: str) -> Outcome:
    rule = check.rule
    report = Reporter(rule, subject)
    nothing_found: OutcomeStatus = "pass"
    reason = ""
    here: Impossible | None = None
    try:
        check.run(facts, report)
    except Enough:
        pass
    except Undetermined as undetermined:
        report.unknown(str(undetermined), undetermined.lookups)
    except ImpossibleHere as impossible:
        reason, nothing_found, here = str(impossible), "skipped", impossible.what
    except NotApplicable as not_applicable:
        reason, nothing_found = str(not_applicable), "skipped"
    except Exception as error:  # noqa: BLE001 - a fault in one rule must not cost the report
        reason = f"{type(error).__name__}: {error}"
        return Outcome(rule.id, subject, "error", tuple(report.findings), reason)
    unanswered: tuple[Unanswered, ...] = ()
    if (unknown := report.undetermined) is not None:
        reason = str(unknown)
        unanswered = tuple(dict.fromkeys(map(Unanswered.of, unknown.lookups)))[:MOST_UNANSWERED]
        # What the user asked not to look at (--offline) was not tried in vain: it is skipped, not unknown.
        unasked = unanswered and all(each.status == "unasked" for each in unanswered)
        nothing_found, here = "skipped" if unasked else "unknown", None
    status = status_of(report.findings)
    if status == "pass":
        status = nothing_found
    return Outcome(rule.id, subject, status, tuple(report.findings), reason, unanswered, here)


def status_of(findings: Sequence[Finding]) -> OutcomeStatus:
    """``fail`` with an error among the findings, ``warn`` with a warning, else ``pass``."""
    if not findings:
        return "pass"
    worst = min(finding.severity.rank for finding in findings)
    if worst == Severity.ERROR.rank:
        return "fail"
    return "warn" if worst == Severity.WARNING.rank else "pass"
