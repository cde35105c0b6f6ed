"""MTA-STS: policy not enforced

## What it checks
The mode of the policy. The rule fires where it is testing or none.

## Why it matters
In mode testing, sending servers report failures and deliver all the same. Mode none says that the domain is
about to drop MTA-STS.

## How to fix
When the TLS reports show no failures on your side, set the mode to enforce. To drop MTA-STS, keep mode none
for the old max_age, then remove the record and the policy.

## Example
Before:

    mode: testing

After:

    mode: enforce

## References
- RFC 8461 sections 5 and 8.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import Served, usable
from mailproof.model import Severity


@declare(Severity.INFO, usable)
def check(found: Served, report: Reporter) -> None:
    if found.policy.mode == "enforce":
        return
    words = "senders don't insist on TLS"
    if found.policy.mode == "testing":
        words = "senders report failures and deliver all the same"
    report(
        f"The policy of {report.subject} is in mode {found.policy.mode}: {words}.",
        location=found.at_key("mode"),
        fix=found.changed("Set 'mode: enforce' in the policy once the TLS reports are clean.", "decision"),
    )
