"""Submission: sender not verified at the provider

## What it checks
The reply of the provider's API. The rule fires where it does not let this account send from the From
address or its domain.

## Why it matters
No mail leaves. Providers send only from domains or addresses whose owner has proven to own them.

## How to fix
Add the domain at the provider, publish the DNS records that it shows, and wait until it says verified.

## Example
Before:

    HTTP 400 MessageRejected: Email address is not verified.

After (the provider's page of the domain):

    acme.example: verified

## References
- https://docs.aws.amazon.com/ses/latest/dg/verify-addresses-and-domains.html
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR, refused_for("sender"))
def check(facts: DeliveryFacts, refused: Refusal, report: Reporter) -> None:
    does = f"does not let this account send from {facts.from_address}"
    refused.reported(report, does, "Verify the From domain at the provider")
