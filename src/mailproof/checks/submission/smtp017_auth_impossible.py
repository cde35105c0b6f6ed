"""Submission: sign-in not possible

## What it checks
The AUTH exchange. The rule fires where it could not be started or finished: AUTH is not offered, there is
no mechanism in common, the connection is not encrypted, or the exchange failed.

## Why it matters
No mail leaves. Servers often offer AUTH only under TLS, and only on the submission ports: port 25 has none.

## How to fix
Use the submission port (587 or 465). Set `mechanism` to one that the server offers, or remove it. Where the
server broke off, look at its log.

## Example
Before (no AUTH on port 25):

    port = 25
    username = "probe@acme.example"

After:

    port = 587
    username = "probe@acme.example"

## References
- RFC 4954 section 3
- RFC 4422
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, said, smtp
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("auth", by=("unsupported", "local", "protocol", "timeout")))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    offered = ", ".join(smtp(facts).auth_offered) or "none"
    report(
        f"Could not sign in to {place(facts)}: {said(stage)}.",
        evidence=(*evidence(stage), f"mechanisms offered: {offered}"),
        fix=(
            "Use port 587 or 465 with TLS, and a mechanism that the server offers"
            if stage.kind in ("unsupported", "local")
            else "Look at the mail server's log at the time of the probe"
        ),
    )
