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
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR, refused_for("sandbox"))
def check(facts: DeliveryFacts, refused: Refusal, report: Reporter) -> None:
    does = f"does not let this account send to {facts.recipient} yet"
    refused.reported(report, does, "Ask the provider for production access")
