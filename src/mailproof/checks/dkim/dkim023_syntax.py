"""A key record is not a list of tags

## What it checks
The rule reports faults in the form of a key record: a tag that stands twice, two semicolons in a row, a
part without `=`, control characters.

## Why it matters
RFC 6376 makes the whole record invalid, so that signatures fail; some receivers overlook it, others do not.

## How to fix
Publish the record as `name=value` parts with one semicolon between them.

## References
- RFC 6376 section 3.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dkim._facts import keys, settle
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity
from mailproof.records.dkim_key import parse_dkim_key

RULE = Rule(
    "DKIM023", "A key record is not a list of tags", Severity.ERROR, "dkim", ("RFC 6376 section 3.2",)
)


CODES = ("empty-tag", "no-equals", "bad-name", "duplicate-tag", "control-character", "too-many-tags")


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for the first fault in the form of each record."""
    for key in keys(facts):
        problem = next(key.problems(*CODES), None)
        if problem is None:
            continue
        mended = key.edited()
        yield report(
            RULE,
            facts.domain,
            f"The key record at {key.facts.name} is malformed: {problem.message}.",
            location=key.at_problem(problem),
            evidence=(key.facts.lookup.describe(),),
            fix=key.replace("Publish the record in order", mended)
            if problem.code in ("empty-tag", "no-equals") and parse_dkim_key(mended).valid
            else Fix(f"Correct the record at {key.owner}{key.whose}"),
        )
    settle(facts)
