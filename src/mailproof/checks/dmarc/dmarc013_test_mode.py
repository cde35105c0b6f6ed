"""DMARC: policy in test mode (t=y)

## What it checks
The `t` tag. The rule fires where it is `t=y` and the policy that applies is quarantine or reject. For a
parked domain, PARK003 reports it.

## Why it matters
Receivers are asked to act one level softer: reject becomes quarantine, and quarantine becomes none, which
keeps no one from forging your mail (a warning). Receivers that don't follow RFC 9989 yet ignore `t` and may
apply the full policy, so your mail is treated in two ways.

## How to fix
Remove `t=y` when the test is over.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; t=y; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.7 (t) and A.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity
from mailproof.records.dmarc import softened
from mailproof.records.dmarc_text import rewritten


@declare(Severity.INFO, applied, profiles="in use")
def check(found: Applied, report: Reporter) -> None:
    policy = found.dmarc.policy
    if not found.record.testing or policy is None or policy == "none":
        return
    instead = softened(policy, True)
    report(
        f"The record at {found.name} is in test mode: with t=y, receivers apply {instead} instead of "
        f"{policy}.",
        location=found.at_tag("t"),
        fix=found.next_step("Remove t=y when the test is over.", rewritten(found.record, drop=("t", "pct"))),
        severity=Severity.WARNING if instead == "none" else None,
    )
