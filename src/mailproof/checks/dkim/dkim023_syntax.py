"""A key record is not a list of tags

## What it checks
The rule reports faults in the form of a key record: a tag that is there twice, two semicolons in a row,
commas or blanks in place of semicolons, tag names in capital letters, a part without `=`, control
characters.

## Why it matters
RFC 6376 makes the whole record invalid, so that signatures fail; some receivers overlook it, others do not.

## How to fix
Publish the record as `name=value` parts with one semicolon between them.

## References
- RFC 6376 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import keys
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


CODES = (
    "empty-tag",
    "no-equals",
    "punctuation",
    "tag-case",
    "bad-name",
    "duplicate-tag",
    "control-character",
    "too-many-tags",
)


def check(facts: DomainFacts, report: Reporter) -> None:
    for key in keys(facts, report):
        found = sorted(key.problems(*CODES), key=lambda each: not each.fatal)
        if not found:
            continue
        problem = found[0]
        report(
            f"The key record at {key.facts.name} is malformed: {problem.message}.",
            location=key.at_problem(problem),
            evidence=(key.facts.lookup.describe(),),
            fix=key.repair("Publish the record as it was meant", f"Correct the record at {key.owner}"),
            severity=None if problem.fatal else Severity.WARNING,
        )
