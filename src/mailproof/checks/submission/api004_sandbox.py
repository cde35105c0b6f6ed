"""Submission: account is still in the sandbox

## What it checks
The reply of the provider's API. The rule fires where it says that a new or free account may send to a few
addresses only.

## Why it matters
Mail to everyone else is refused until the provider lifts the limit.

## How to fix
Ask the provider for production access, or send the probe to an address that the sandbox allows.

## Example
Before:

    HTTP 403 You can only send testing emails to your own email address.

After (a domain of your own, verified):

    from = "ada@acme.example"

## References
- https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import evidence, refused_for, said
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    sent, stage = refused_for(facts, "sandbox")
    report(
        f"{sent.provider} does not let this account send to {facts.recipient} yet: {said(stage)}.",
        evidence=evidence(stage),
        fix=sent.advice or "Ask the provider for production access",
    )
