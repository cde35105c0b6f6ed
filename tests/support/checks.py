"""Runs a single rule on facts."""

from __future__ import annotations

from mailproof.checks import registry
from mailproof.checks.base import Enough, NotApplicable, Reporter
from mailproof.model import DomainFacts, Finding, MessageFacts


def reported(rule: str, facts: DomainFacts | MessageFacts) -> Reporter:
    """The findings and unknowns of a rule. Raises NotApplicable if that is its only result."""
    check = registry.check(rule)
    report = Reporter(check.rule, facts.domain if isinstance(facts, DomainFacts) else facts.from_domain)
    try:
        check.check(facts, check.begin(facts, report), report)
    except Enough:
        pass
    except NotApplicable:
        if report.undetermined is None:
            raise
    return report


def findings_of(rule: str, facts: DomainFacts | MessageFacts) -> list[Finding]:
    """The findings of a rule. Raises Undetermined if anything is unknown."""
    report = reported(rule, facts)
    if report.undetermined is not None:
        raise report.undetermined
    return report.findings
