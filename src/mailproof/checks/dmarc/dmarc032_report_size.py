"""A report address has a size limit

## What it checks
Whether an address in `rua` or `ruf` ends in a size such as `!10m`.

## Why it matters
The limit was removed: reporters on RFC 9989 ignore it, older ones heed it. Some programs take it for a part
of the address.

## How to fix
Nothing has to be done. Take it out where the mailbox can take reports of any size.

## References
- RFC 9989 section 4.8 (obs-dmarc-report-size)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for problem in found.problems("obsolete-size"):
        report(
            f"At {found.name}, {problem.message}.",
            location=found.at(problem.start, problem.end),
        )
