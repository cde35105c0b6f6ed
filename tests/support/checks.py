"""One rule over facts, for tests that ask about it alone."""

from __future__ import annotations

from mailproof.checks import registry
from mailproof.checks.base import Enough, NotApplicable, Reporter
from mailproof.model import DomainFacts, Finding, MessageFacts


def reported(rule: str, facts: DomainFacts | MessageFacts) -> Reporter:
    """What it finds, and what it could not find out. Raises NotApplicable where that is all it says."""
    check = registry.check(rule)
    report = Reporter(check.rule, facts.domain if isinstance(facts, DomainFacts) else facts.from_domain)
    try:
        value = check.begin(facts, report)
        check.run(*((facts, value) if check.reads_facts else (value,)), report)
    except Enough:
        pass
    except NotApplicable:
        if report.undetermined is None:
            raise
    return report


def findings_of(rule: str, facts: DomainFacts | MessageFacts) -> list[Finding]:
    """What it finds. Raises Undetermined where anything could not be found out."""
    report = reported(rule, facts)
    if report.undetermined is not None:
        raise report.undetermined
    return report.findings
