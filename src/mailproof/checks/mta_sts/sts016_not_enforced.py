"""The MTA-STS policy is not enforced

## What it checks
Whether the policy's mode is testing or none.

## Why it matters
In mode testing senders report failures and deliver all the same; mode none says that the domain is about
to leave MTA-STS.

## How to fix
When the TLS reports show no failures of your own, set the mode to enforce. After a mode none has stood
for the old max_age, remove record and policy.

## References
- RFC 8461 sections 5 and 8.3
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.mta_sts._facts import at_key, policy_of, with_new_id
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, policy = policy_of(facts)
    if not policy.valid:
        raise NotApplicable("the policy is malformed: senders ignore it")
    if policy.mode == "enforce":
        return
    words = (
        "senders report failures and deliver all the same"
        if policy.mode == "testing"
        else "it asks for nothing"
    )
    advice = "When the TLS reports are clean, write 'mode: enforce' in the policy."
    report(
        f"The policy of {facts.domain} has mode {policy.mode}: {words}.",
        location=at_key(sts, "mode"),
        fix=with_new_id(sts, advice, "decision"),
    )
