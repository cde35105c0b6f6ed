"""Policy lets the failing message through

## What it checks
A message that fails DMARC meets a policy that does something about it.

## Why it matters
With `p=none` (or `t=y`) receivers deliver failing mail by their own lights: a message like this one may
arrive, and so may a forged one.

## How to fix
When all real sources pass, go to `p=quarantine` and then `p=reject`.

## References
- RFC 9989 section 4.7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, record_at
from mailproof.model import Fix, Location, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("AUTH014",), consequence="forged")


def check(facts: MessageFacts, report: Reporter) -> None:
    dmarc = dmarc_of(facts)
    if dmarc.result == "fail" and dmarc.disposition in ("none", ""):
        record = record_at(facts, f"_dmarc.{dmarc.policy_domain}", "v")
        report(
            f"DMARC fails, but the policy of {dmarc.policy_domain} asks for nothing (p=none): "
            "receivers may deliver it.",
            location=Location(f"_dmarc.{dmarc.policy_domain}", "TXT", record),
            fix=Fix("once all your own mail passes, publish p=quarantine, later p=reject"),
        )
