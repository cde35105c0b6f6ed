"""Submission: not encrypted

## What it checks
The SMTP session with which the message was handed over. The rule fires where it had no TLS; with a password
sent that way it is an error.

## Why it matters
Everyone on the path can read the message, and the password if there is one.

## How to fix
Use port 587 with STARTTLS, or port 465 with implicit TLS.

## Example
Before:

    port = 587
    security = "plain"

After:

    port = 587
    security = "starttls"

## References
- RFC 8314 section 3
- RFC 3207
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import PLAINTEXT, place, smtp
from mailproof.model import DeliveryFacts, Severity, SmtpSubmission


@declare(Severity.WARNING, smtp, consequence="tidy")
def check(facts: DeliveryFacts, facts_of: SmtpSubmission, report: Reporter) -> None:
    if facts_of.tls is not None or not any(s.stage in ("mail", "auth") for s in facts_of.stages):
        return
    tried = any(s.stage == "auth" and s.code for s in facts_of.stages)
    exposed = tried and facts_of.auth_mechanism in PLAINTEXT
    what = "the password and the message" if exposed else "the message"
    report(
        f"The session with {place(facts)} was not encrypted: {what} crossed the network in plain text.",
        fix="Use port 587 with STARTTLS, or port 465 with implicit TLS",
        severity=Severity.ERROR if exposed else None,
    )
