"""The MTA-STS policy is kept too briefly

## What it checks
The policy's max_age where its mode is enforce: less than a week is found too short.

## Why it matters
The policy protects against someone who blocks its fetching only while senders still
keep it. RFC 8461 advises weeks or more.

## How to fix
Set max_age to at least 604800 (a week); 2592000 (a month) is usual.

## References
- RFC 8461 sections 3.2 and 10.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import GOOD_AGE, applied, at_key, with_new_id
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, policy = applied(facts)
    if policy.mode != "enforce" or policy.max_age is None or policy.max_age >= GOOD_AGE:
        return
    report(
        f"The policy's max_age is {policy.max_age} seconds, less than a week ({GOOD_AGE}): too brief.",
        location=at_key(sts, "max_age"),
        fix=with_new_id(sts, "Write 'max_age: 2592000' (30 days) in the policy."),
    )
