"""The policy is only being tested (t=y)

## What it checks
Whether the record has `t=y` beside a policy of quarantine or reject.

## Why it matters
Receivers are asked to act one level softer: reject becomes quarantine, quarantine becomes none.
Receivers not yet on RFC 9989 ignore `t` and may apply the full policy, so both kinds of treatment happen
at once.

## How to fix
Take `t=y` out when the test is over.

## References
- RFC 9989 sections 4.7 (t) and A.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc import softened
from mailproof.records.dmarc_text import rewritten

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    policy = found.dmarc.policy
    if not found.record.testing or policy is None or policy == "none":
        return
    report(
        f"t=y at {found.name} turns {policy} into {softened(policy, True)} while the policy is tested.",
        location=found.at_tag("t"),
        fix=found.next_step(
            "Take t=y out when the test is over.", rewritten(found.record, drop=("t", "pct"))
        ),
    )
