"""A tag appears twice

## What it checks
Whether a tag name occurs more than once in the record.

## Why it matters
The tag-list rules that DMARC borrows from DKIM make such a list invalid as a whole; some receivers take
the first, some the last, some drop the record.

## How to fix
Keep one of them. Two lists of report addresses become one; of two other values only you can say which is
meant.

## References
- RFC 6376 section 3.2
- RFC 9989 sections 4.7 and 4.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for problem in found.problems("duplicate-tag"):
        report(
            f"In the record at {found.name}, {problem.message}: receivers differ in which one they take.",
            location=found.at(problem.start, problem.end),
            fix=found.repair(
                "Publish each tag once, with all report addresses.",
                problem,
                "The two do not say the same: keep the one that is meant, and take the other out.",
            ),
        )
