"""Tags of the BIMI record have no effect

## What it checks
Tags that BIMI does not know, an avp= other than brand or personal, and a version in other letters than
v=BIMI1.

## Why it matters
They are ignored, so that what was meant does not happen; not every receiver takes a version in lower
case.

## How to fix
Remove or correct them.

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import records
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)

_CODES = ("unknown-tag", "invalid-preference", "version-case")


def check(facts: DomainFacts, report: Reporter) -> None:
    for found in records(facts, report):
        for problem in found.record.problems:
            if problem.code not in _CODES:
                continue
            report(
                f"At {found.name}: {problem.message}.",
                location=found.at(problem.start, problem.end),
                fix=found.repair(
                    facts.domain,
                    "Publish the record with the tags as receivers read them.",
                    problem,
                    "Correct the tag, or take it out where nothing was meant by it.",
                ),
            )
