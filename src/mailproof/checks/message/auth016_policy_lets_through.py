"""DMARC: policy lets the failing message through

## What it checks
The policy that a message failing DMARC meets. The rule fires where it asks for nothing: `p=none`, or
testing mode (`t=y`) that turns `quarantine` into `none`.

## Why it matters
Receivers deliver failing mail as they see fit: a message like this one may arrive, and so may a forged one.

## How to fix
When all your own mail passes, move to `p=quarantine`, then to `p=reject`.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=none"

After (with mail that passes):

    _dmarc.acme.example. TXT "v=DMARC1; p=reject"

## References
- RFC 9989 section 4.7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, record_at
from mailproof.model import DmarcVerdict, Location, MessageFacts, Severity


@declare(Severity.INFO, dmarc_of, because_of="AUTH014", consequence="forged")
def check(facts: MessageFacts, dmarc: DmarcVerdict, report: Reporter) -> None:
    if dmarc.result == "fail" and dmarc.disposition in ("none", ""):
        record = record_at(facts, f"_dmarc.{dmarc.policy_domain}", "v")
        report(
            f"DMARC fails, but the policy of {dmarc.policy_domain} asks for nothing (p=none): "
            "receivers may deliver it.",
            location=Location(f"_dmarc.{dmarc.policy_domain}", "TXT", record),
            fix="When all your own mail passes, publish p=quarantine, later p=reject",
        )
