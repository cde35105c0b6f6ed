"""A key record has a wrong version tag

## What it checks
The rule reports key records whose `v=` is not exactly `DKIM1`, or is not the first tag.

## Why it matters
Receivers must discard such records, so that signatures fail. The value is case-sensitive. Some libraries
overlook it, which is why the same mail passes at one receiver and fails at another.

## How to fix
Begin the record with `v=DKIM1`.

## References
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import keys
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for key in keys(facts, report):
        problem = next(key.problems("bad-version", "version-not-first"), None)
        if problem is not None:
            report(
                f"The key at {key.facts.name} is discarded by receivers: {problem.message}.",
                location=key.at_problem(problem),
                evidence=(key.facts.lookup.describe(),),
                fix=key.repair(
                    "Begin the record with v=DKIM1",
                    f"Begin the record with v=DKIM1, and publish the key of {key.facts.selector} again",
                ),
            )
