"""Submission: test mode on, nothing sent

## What it checks
The reply with which the provider accepted the message. The rule fires where it says that nothing is sent,
and no dry run was asked for.

## Why it matters
The provider accepts everything and delivers nothing: a setting of tests that was left on in production.

## How to fix
Turn the sandbox or test mode off: use a live key, and take the header field or option that turns it on out
of the template.

## Example
Before (the header of the template):

    X-Sib-Sandbox: drop

After (the field is removed):

    Subject: Welcome

## References
- https://www.twilio.com/docs/sendgrid/for-developers/sending-email/sandbox-mode
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import http
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    sent = http(facts)
    if sent.simulated and not sent.dry_run:
        report(
            f"{sent.provider} accepted the message in a test mode: it sends nothing.",
            evidence=(f"HTTP {sent.status}",),
            fix=Fix("Turn the test mode off: use a live key, and remove the option or header field"),
        )
