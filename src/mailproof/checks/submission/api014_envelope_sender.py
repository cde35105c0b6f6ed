"""Submission: envelope sender not used

## What it checks
The `mail_from` of the profile. The rule fires where it is another address than From, and the message goes
through an API that takes no envelope sender.

## Why it matters
The provider uses a return path of its own: SPF is evaluated for that one, and bounces go there. The return
path that arrives is checked as usual.

## How to fix
Remove `mail_from`, or set up a custom return path or MAIL FROM domain at the provider.

## Example
Before:

    kind = "resend"
    mail_from = "bounces@acme.example"

After (the return path is the provider's):

    kind = "resend"

## References
- RFC 5321 section 4.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import http
from mailproof.model import DeliveryFacts, HttpSubmission, Severity


@declare(Severity.INFO, http, consequence="tidy")
def check(facts: DeliveryFacts, sent: HttpSubmission, report: Reporter) -> None:
    if sent.envelope == "theirs" and facts.mail_from.lower() != facts.from_address.lower():
        report(
            f"{sent.provider} takes no envelope sender: <{facts.mail_from}> is not used.",
            fix="Remove mail_from, or set up a custom return path for the domain at the provider",
        )
