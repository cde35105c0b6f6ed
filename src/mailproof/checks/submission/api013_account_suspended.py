"""Submission: account suspended or paused

## What it checks
The reply of the provider's API. The rule fires where the account may not send: suspended, paused, not
activated or not paid.

## Why it matters
No mail leaves at all until the provider lifts it. Bounces and complaints are the usual reason.

## How to fix
Open the provider's console: it says why, and how to appeal.

## Example
Before:

    HTTP 400 SendingPausedException

After (lifted by the provider):

    HTTP 200 {"MessageId": "0102018f7a1b2c3d"}

## References
- https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, refused_for, said
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    sent, stage = refused_for(facts, "account")
    report(
        f"{sent.provider} does not let this account send: {said(stage)}.",
        evidence=evidence(stage),
        fix=sent.advice or "Ask the provider's support",
    )
