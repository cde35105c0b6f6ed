"""MTA-STS: max_age under a week

## What it checks
The max_age of a policy in mode enforce. The rule fires where it is less than a week.

## Why it matters
An attacker can block the fetching of the policy. It protects only while sending servers still have a copy:
RFC 8461 recommends weeks or more.

## How to fix
Set max_age to at least 604800 (a week); 2592000 (30 days) is common.

## Example
Before:

    mode: enforce
    max_age: 86400

After:

    mode: enforce
    max_age: 2592000

## References
- RFC 8461 sections 3.2 and 10.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import GOOD_AGE, Served, applied
from mailproof.model import Severity


@declare(Severity.WARNING, applied)
def check(found: Served, report: Reporter) -> None:
    if found.policy.mode != "enforce" or found.policy.max_age is None or found.policy.max_age >= GOOD_AGE:
        return
    report(
        f"The policy of {report.subject} has a max_age of {found.policy.max_age} seconds, less than a week "
        f"({GOOD_AGE}).",
        location=found.at_key("max_age"),
        fix=found.changed("Set 'max_age: 2592000' (30 days) in the policy."),
    )
