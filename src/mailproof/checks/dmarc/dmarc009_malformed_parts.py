"""Parts of the record cannot be read

## What it checks
Parts between semicolons that are not `name=value`, empty ones, and characters outside printable ASCII.

## Why it matters
Receivers on RFC 9989 drop the broken part and go on; others may drop the whole record.

## How to fix
Write the part as `name=value`, or take it out.

## References
- RFC 9989 section 4.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, because_of=("DMARC004", "DMARC005"), consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    told: set[str] = set()
    for problem in found.problems(
        "empty-tag",
        "no-equals",
        "bad-name",
        "control-character",
        "non-ascii",
        "too-many-tags",
        "version-case",
    ):
        if problem.message in told:
            continue  # the same again, like ";;;": one finding, and one fix
        told.add(problem.message)
        report(
            f"The record at {found.name} is damaged: {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.repair(
                "Publish the record as receivers read it.",
                problem,
                "Write this part as name=value, or take it out where nothing was meant by it.",
            ),
        )
