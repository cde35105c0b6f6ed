"""Submission: test mode not as asked for

## What it checks
The reply with which the provider accepted the message. The rule fires where it says that nothing is sent and
no dry run was asked for, or that it is sent where one was.

## Why it matters
In a test mode the provider accepts everything and delivers nothing: a setting of tests that was left on in
production.

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
from mailproof.model import HttpSubmission, Severity


@declare(Severity.ERROR, http)
def check(sent: HttpSubmission, report: Reporter) -> None:
    if sent.dry_run and sent.accepted and not sent.simulated:
        report(
            f"{sent.provider} was asked for a dry run, and answers as if it had sent the message.",
            evidence=(f"HTTP {sent.status}",),
            fix="Look for the message in the provider's log; report it to mailproof if it was sent",
        )
    if sent.simulated and not sent.dry_run:
        report(
            f"{sent.provider} accepted the message in a test mode: it sends nothing.",
            evidence=(f"HTTP {sent.status}",),
            fix="Turn the test mode off: use a live key, and remove the option or header field",
        )
