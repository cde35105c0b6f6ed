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
from mailproof.checks.mta_sts._facts import GOOD_AGE, applied, at_key, with_new_id
from mailproof.model import MtaStsFacts, Severity, StsPolicy


@declare(Severity.WARNING, applied)
def check(found: tuple[MtaStsFacts, StsPolicy], report: Reporter) -> None:
    sts, policy = found
    if policy.mode != "enforce" or policy.max_age is None or policy.max_age >= GOOD_AGE:
        return
    report(
        f"The policy of {report.subject} has a max_age of {policy.max_age} seconds, less than a week "
        f"({GOOD_AGE}).",
        location=at_key(sts, "max_age"),
        fix=with_new_id(sts, "Set 'max_age: 2592000' (30 days) in the policy."),
    )
