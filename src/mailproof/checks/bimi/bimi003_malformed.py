"""The BIMI record is malformed

## What it checks
The grammar of the record: tags as name=value, each once, separated by single semicolons.

## Why it matters
Receivers do not use a record that they cannot read, and show no logo.

## How to fix
Write `v=BIMI1; l=<logo>; a=<certificate>`.

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import records
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found in records(facts, report):
        for problem in found.record.problems:
            if problem.fatal and problem.code not in ("missing-location", "bad-location"):
                report(
                    f"The record at {found.name} cannot be used: {problem.message}.",
                    location=found.at(problem.start, problem.end),
                    fix=found.repair(
                        facts.domain,
                        "Publish the record as receivers read it.",
                        problem,
                        "Write each part as name=value, or take it out where nothing was meant by it.",
                    ),
                )
