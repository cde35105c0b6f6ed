"""A tag has a value that does not exist

## What it checks
Whether `adkim` and `aspf` are r or s, `t` is y or n, and `psd` is y, n or u.

## Why it matters
Receivers drop the value and apply the default, which is not what was meant.

## How to fix
Write one of the letters, or leave the tag out.

## References
- RFC 9989 sections 4.7 and 4.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for problem in found.problems("invalid-alignment", "invalid-psd", "invalid-test"):
        name = problem.message.partition("=")[0]
        report(
            f"At {found.name}, {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.write(name, problem, f"Write the letter that is meant, or leave {name}= out."),
        )
