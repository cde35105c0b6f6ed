"""Submission: accepted without an id

## What it checks
The reply with which the provider accepted the message. The rule fires where it should have an id of the
message, and has none.

## Why it matters
Without the id the message cannot be found in the provider's log.

## How to fix
Check that `url` is the provider's API and not a proxy that answers for it.

## Example
Before:

    HTTP 200 {}

After:

    HTTP 200 {"MessageId": "0102018f7a1b2c3d"}

## References
- https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import accepted, http
from mailproof.model import DeliveryFacts, HttpSubmission, Severity


@declare(Severity.INFO, http, consequence="tidy")
def check(facts: DeliveryFacts, sent: HttpSubmission, report: Reporter) -> None:
    if accepted(facts).accepted and sent.gives_id and not sent.queue_id and not sent.simulated:
        report(
            f"{sent.provider} accepted the message and gave no id for it.",
            evidence=(f"HTTP {sent.status}",),
            fix="Check that 'url' is the provider's API, and not something that answers in its place",
        )
