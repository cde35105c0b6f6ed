"""Runs checks over facts: one that fails costs its own outcome and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

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
    Outcome,
    OutcomeStatus,
    Unanswered,
)
from mailproof.model.findings import status_of
from mailproof.structs import replace

F = TypeVar("F")
_Run: TypeAlias = Callable[[F, Reporter], object]
#: An outcome names no more questions than this; a hostile record can make us ask hundreds.
MOST_UNANSWERED = 20


def judge(
    checks: Iterable[Check[F]],
    facts: F,
    subject: str,
    failures: tuple[CollectorFailure, ...] = (),
    skipped: Mapping[Profiles | None, str] = NOTHING_SKIPPED,
) -> tuple[Outcome, ...]:
    """One outcome for each check, in their order.

    A check whose topic's collector failed is not run: its outcome is ``unknown`` (cut off, DNS trouble) or
    ``error`` (a fault of ours), with the collector's reason. Nor are those for the domains that are
    ``skipped``, for the reason given; nor those that end with what their topic begins with.
    """
    failed = {failure.collector: failure for failure in failures}
    ended: dict[_Run[F] | None, Outcome | None] = {None: None}
    outcomes = []
    report: Reporter | None = None
    for check in checks:
        rule, begins = check.rule, check.begins
        if skipped and (why := skipped.get(check.profiles)):
            outcomes.append(Outcome(rule.id, subject, "skipped", (), why))
        elif failed and (failure := failed.get(rule.topic)):
            status: OutcomeStatus = "unknown" if failure.unknown else "error"
            outcomes.append(Outcome(rule.id, subject, status, (), failure.reason))
        else:
            if begins is not None and begins not in ended:
                ended[begins] = _end(begins, facts, Reporter(rule, subject))
            if end := ended[begins]:
                outcomes.append(replace(end, check=rule.id))
                continue
            if report is None or report.findings or report.gaps:
                report = Reporter(rule, subject)
            report.rule = rule
            outcomes.append(_one(check.run, facts, report))
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


def _end(begins: _Run[F], facts: F, report: Reporter) -> Outcome | None:
    """The outcome of each check that begins so; None where they go on."""
    made: list[object] = []
    outcome = _one(lambda facts, report: made.append(begins(facts, report)), facts, report)
    return None if made else outcome


def _one(run: _Run[F], facts: F, report: Reporter) -> Outcome:
    rule, subject = report.rule.id, report.subject
    status: OutcomeStatus = "pass"
    reason = ""
    here: Impossible | None = None
    try:
        run(facts, report)
    except NotApplicable as not_applicable:
        reason, status = str(not_applicable), "skipped"
    except Enough:
        pass
    except Undetermined as undetermined:
        report.unknown(str(undetermined), undetermined.lookups)
    except ImpossibleHere as impossible:
        reason, status, here = str(impossible), "skipped", impossible.what
    except Exception as error:  # noqa: BLE001 - a fault in one rule must not cost the report
        reason = f"{type(error).__name__}: {error}"
        return Outcome(rule, subject, "error", tuple(report.findings), reason)
    if not report.findings and not report.gaps:
        return Outcome(rule, subject, status, (), reason, (), here)
    unanswered: tuple[Unanswered, ...] = ()
    if (unknown := report.undetermined) is not None:
        reason = str(unknown)
        unanswered = tuple(dict.fromkeys(map(Unanswered.of, unknown.lookups)))[:MOST_UNANSWERED]
        # What the user asked not to look at (--offline) was not tried in vain: it is skipped, not unknown.
        unasked = unanswered and all(each.status == "unasked" for each in unanswered)
        status, here = "skipped" if unasked else "unknown", None
    if (found := status_of(report.findings)) != "pass":
        status = found
    return Outcome(rule, subject, status, tuple(report.findings), reason, unanswered, here)
