"""Submission: connection refused

## What it checks
The TCP connection to the SMTP server. The rule fires where it was refused, or where there was no route.

## Why it matters
No mail leaves. A refusal is an answer: the machine is up and nothing listens on the port, or a firewall
rejects the connection.

## How to fix
Check the port (587 with STARTTLS, 465 with implicit TLS), that the server runs and listens on this address,
and any firewall in between.

## Example
Before (nothing listens on 578):

    host = "smtp.acme.example"
    port = 578

After:

    host = "smtp.acme.example"
    port = 587

## References
- RFC 5321 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, submission
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(
    Severity.ERROR, ended("connect", by=("refused", "unreachable", "protocol", "local"), smtp_only=False)
)
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    where = "the host, the port (587 or 465)" if submission(facts).kind == "smtp" else "'url'"
    report(
        f"No connection to {place(facts)}: {stage.reason}.",
        evidence=evidence(stage),
        fix=f"Check {where}, that the server listens there, and any firewall",
    )
