"""Runs checks over facts: one that fails costs its own outcome and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from mailproof.checks import registry
from mailproof.checks.base import Check, Enough, ImpossibleHere, NotApplicable, Reporter, Undetermined
from mailproof.engine.profiles import by_profile
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
from mailproof.structs import replace

F = TypeVar("F")
#: An outcome names no more questions than this; a hostile record can make us ask hundreds.
MOST_UNANSWERED = 20


def judge(
    checks: Iterable[Check[F]], facts: F, subject: str, failures: tuple[CollectorFailure, ...] = ()
) -> tuple[Outcome, ...]:
    """One outcome for each check, in their order.

    A check whose topic's collector failed is not run: its outcome is ``unknown`` (cut off, DNS trouble) or
    ``error`` (a fault of ours), with the collector's reason.
    """
    by_topic = {failure.collector: failure for failure in failures}
    return tuple(_one(check, facts, subject, by_topic.get(check.rule.topic)) for check in checks)


def judge_domain(facts: DomainFacts, checks: tuple[Check[DomainFacts], ...]) -> tuple[Outcome, ...]:
    """The same for a domain: rules that make no sense for what it is for are skipped."""
    outcomes = by_profile(judge(checks, facts, facts.domain, facts.failures), checks, facts.profile)
    return outcomes if facts.exists else _of_nothing(outcomes, facts.domain)


def _of_nothing(outcomes: tuple[Outcome, ...], domain: str) -> tuple[Outcome, ...]:
    """The outcomes of a domain that does not exist: that it does not is all there is to say."""
    skipped = Outcome("", domain, "skipped", reason=f"{domain} does not exist")
    return tuple(
        each
        if each.findings and registry.topic_of(each.check).name == "domain"
        else replace(skipped, check=each.check)
        for each in outcomes
    )


def _one(check: Check[F], facts: F, subject: str, failure: CollectorFailure | None) -> Outcome:
    if failure is not None:
        return Outcome(
            check.rule.id, subject, "unknown" if failure.unknown else "error", reason=failure.reason
        )
    report = Reporter(check.rule, subject)
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
        return Outcome(check.rule.id, subject, "error", tuple(report.findings), reason)
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
    return Outcome(check.rule.id, subject, status, tuple(report.findings), reason, unanswered, here)


def status_of(findings: Sequence[Finding]) -> OutcomeStatus:
    """``fail`` with an error among the findings, ``warn`` with a warning, else ``pass``."""
    if not findings:
        return "pass"
    worst = min(finding.severity.rank for finding in findings)
    if worst == Severity.ERROR.rank:
        return "fail"
    return "warn" if worst == Severity.WARNING.rank else "pass"
