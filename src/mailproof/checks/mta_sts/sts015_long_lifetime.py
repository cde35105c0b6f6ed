"""MTA-STS: max_age over a year

## What it checks
The max_age of the policy. The rule fires where it is over 31557600 seconds, the longest that RFC 8461
allows.

## Why it matters
Some sending servers reject such a policy as malformed; others shorten it to a year.

## How to fix
Set max_age to at most 31557600.

## Example
Before:

    max_age: 99999999

After:

    max_age: 31557600

## References
- RFC 8461 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import Served, policy_of
from mailproof.model import Severity


@declare(Severity.WARNING, policy_of)
def check(found: Served, report: Reporter) -> None:
    for problem in found.policy.problems:
        if problem.code == "long-max-age":
            report(
                f"Senders may reject the policy of {report.subject}: {problem.message}.",
                location=found.at(problem),
                fix=found.changed("Set 'max_age: 31557600' in the policy."),
            )
