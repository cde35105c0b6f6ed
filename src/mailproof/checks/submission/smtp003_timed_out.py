"""Submission: connection timed out

## What it checks
The TCP connection to the SMTP server. The rule fires where there was no answer within the time limit.

## Why it matters
No mail leaves. Silence, unlike a refusal, nearly always means a packet filter. Most clouds and access
providers block outgoing port 25, some 465 and 587 too, and open it only on request.

## How to fix
Use port 587 or 465 instead of 25. If those time out too, ask the hosting provider whether it blocks them,
or run the probe from a network that does not.

## Example
Before (blocked by the provider):

    host = "smtp.acme.example"
    port = 25

After:

    host = "smtp.acme.example"
    port = 587

## References
- RFC 5321 section 4.5.3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, submission
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("connect", by=("timeout",), smtp_only=False))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    port = submission(facts).port
    advice = (
        "Use port 587 or 465: most clouds and access providers block outgoing port 25"
        if port == 25
        else f"Ask the network's provider whether it blocks outgoing port {port}, and check the firewall"
    )
    report(f"{place(facts)} does not answer: {stage.reason}", evidence=evidence(stage), fix=advice)
