"""Submission: host name doesn't resolve

## What it checks
The address lookup of the SMTP server. The rule fires where the host name has no address, or where the
resolver did not answer.

## Why it matters
No mail leaves. The usual cause is a typing error in the host name; the next is a name that only the
internal network knows.

## How to fix
Correct `host` in `[profiles.NAME.submit]`, or run the probe where the name resolves.

## Example
Before:

    [profiles.acme.submit]
    host = "smpt.acme.example"

After:

    [profiles.acme.submit]
    host = "smtp.acme.example"

## References
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, submission
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("connect", by=("unresolved", "no-address"), smtp_only=False))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    kind = "SMTP server" if submission(facts).kind == "smtp" else "host"
    report(
        f"The {kind} {place(facts)} can't be reached: {stage.reason}.",
        evidence=evidence(stage),
        fix="Correct the host in the profile's submit section, or publish its address in the DNS",
    )
