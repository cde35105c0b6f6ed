"""The value of fo cannot be read

## What it checks
Whether `fo` is made of `0` or `1` (not both), `d` and `s`, each at most once, with colons between.

## Why it matters
Receivers fall back to `fo=0`. It is no reason to reject the record, though some tools say so.

## How to fix
Write for instance `fo=1:d:s`.

## References
- RFC 9989 sections 4.7 (fo) and 4.8 (dmarc-fo)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="reports")


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for problem in found.problems("invalid-fo"):
        report(
            f"At {found.name}, {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.repair(
                "Write the options with colons between.",
                problem,
                "Write fo=1 for a report of each failure, or leave fo= out.",
            ),
        )
