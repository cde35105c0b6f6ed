"""A tag stands twice

## What it checks
Whether a tag name occurs more than once in the record.

## Why it matters
The tag-list rules that DMARC borrows from DKIM make such a list invalid as a whole; some receivers take
the first, some the last, some drop the record.

## How to fix
Keep one of them.

## References
- RFC 6376 section 3.2
- RFC 9989 sections 4.7 and 4.8
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Finding, Rule, Severity
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC010",
    "A tag stands twice",
    Severity.ERROR,
    "dmarc",
    (
        "RFC 6376 section 3.2",
        "RFC 9989 sections 4.7 and 4.8",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each tag that stands twice."""
    found = applied(facts)
    for problem in found.problems("duplicate-tag"):
        yield report(
            RULE,
            facts.domain,
            f"In the record at {found.name}, {problem.message}: receivers differ in which one they take.",
            location=found.at(problem.start, problem.end),
            fix=found.publish("Keep the first of each.", rewritten(found.record)),
        )
