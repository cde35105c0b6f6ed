"""Submission: message refused by the provider

## What it checks
The reply of the provider's API. The rule fires where it refuses the message, its fields or its recipient,
or for a reason that no other rule names.

## Why it matters
No mail leaves.

## How to fix
Follow the provider's words.

## Example
Before:

    HTTP 422 {"message": "Missing `to` field."}

After:

    HTTP 200 {"id": "49a3999c"}

## References
- RFC 9110 section 15.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, refused_for, said
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    sent, stage = refused_for(facts, "content", "recipient", "")
    if not sent.cause and 200 <= sent.status < 300:
        return
    report(
        f"{sent.provider} refuses the message: {said(stage)}.",
        evidence=evidence(stage),
        fix=sent.advice or "Follow the provider's own words, or ask its support",
    )
