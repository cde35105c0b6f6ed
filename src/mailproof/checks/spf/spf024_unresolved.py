"""Part of the SPF tree could not be resolved

## What it checks
Whether every name that the record refers to could be looked up. This rule has no findings: where a
lookup failed its outcome is `unknown`, with the names.

## Why it matters
A receiver that meets the same failure ends in `temperror`, and most ask the sender to try again later.
What could not be looked up may cost lookups that are missing from the counts.

## How to fix
Try again. If it stays so, tell whoever runs the name servers of the names listed.

## References
- RFC 7208 section 2.6.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import record_of, spf_of
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    record_of(facts)
    report.unanswered(*spf_of(facts).unknown)
