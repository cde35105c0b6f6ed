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

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.mta_sts._facts import at_key, policy_of, with_new_id
from mailproof.model import MtaStsFacts, Severity, StsPolicy


@declare(Severity.INFO, policy_of)
def check(found: tuple[MtaStsFacts, StsPolicy], report: Reporter) -> None:
    sts, policy = found
    if not policy.valid:
        raise NotApplicable("the policy is malformed: senders ignore it")
    if policy.mode == "enforce":
        return
    words = (
        "senders report failures and deliver all the same"
        if policy.mode == "testing"
        else "senders don't insist on TLS"
    )
    advice = "Set 'mode: enforce' in the policy once the TLS reports are clean."
    report(
        f"The policy of {report.subject} is in mode {policy.mode}: {words}.",
        location=at_key(sts, "mode"),
        fix=with_new_id(sts, advice, "decision"),
    )
