"""Submission: server error of the provider

## What it checks
The reply of the provider's API. The rule fires where its status is 500 or above.

## Why it matters
No mail leaves. The fault is at the provider, or in a proxy before it; it mostly passes.

## How to fix
Look at the provider's status page, and try again later. Have your application try again.

## Example
Before:

    HTTP 503

After:

    HTTP 200

## References
- RFC 9110 section 15.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, refused_for, said
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    sent, stage = refused_for(facts, "server")
    report(
        f"{sent.provider} reports an error of its own: {said(stage)}.",
        evidence=evidence(stage),
        fix=sent.advice or "Look at the provider's status page, and try again later",
    )
