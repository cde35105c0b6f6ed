"""The SMTP server breaks the dialogue off

## What it checks
The rule reports a server that dropped the connection, stayed silent or answered with something else than
SMTP, after the greeting and while the message was being handed over.

## Why it matters
The message did not leave. Crashed processes, content filters behind the server that time out, and
intercepting firewalls look like this.

## How to fix
Look into the server's log at the time of the probe.

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
            f"{place(facts)} breaks the dialogue off at {stage.stage}: {said(stage)}.",
            evidence=evidence(stage),
            fix=Fix("Look into the mail server's log at the time of the probe."),
        )
