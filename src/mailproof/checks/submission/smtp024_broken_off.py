"""Submission: SMTP session broken off

## What it checks
The session after the greeting, while the message is handed over. The rule fires where the server drops the
connection, stays silent, or answers with something that is not SMTP.

## Why it matters
The message did not leave. Crashed processes, content filters behind the server that time out, and
intercepting firewalls look like this.

## How to fix
Look at the server's log at the time of the probe.

## Example
Before:

    DATA
    (connection closed)

After:

    DATA
    354 End data with <CR><LF>.<CR><LF>

## References
- RFC 5321 section 3.8
- RFC 5321 section 4.5.3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, place, said, smtp_ended_at
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    stage = smtp_ended_at(facts, "mail", "rcpt", "data")
    if stage is not None and stage.kind in ("protocol", "timeout"):
        report(
            f"{place(facts)} broke off the session at {stage.stage}: {said(stage)}.",
            evidence=evidence(stage),
            fix=Fix("Look at the mail server's log at the time of the probe"),
        )
