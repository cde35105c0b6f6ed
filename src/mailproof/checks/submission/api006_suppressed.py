"""Submission: recipient suppressed by the provider

## What it checks
The reply of the provider's API. The rule fires where the recipient is on the provider's own list of
addresses that get nothing.

## Why it matters
The provider put the address there after a bounce, a complaint or an unsubscription. Mail to it is dropped
whatever your own lists say.

## How to fix
Find out why the address is on the list. If the reason is gone, remove it there.

## Example
Before:

    ErrorCode 406: You tried to send to a recipient that has been marked as inactive.

After (removed from the list):

    ErrorCode 0: OK

## References
- https://postmarkapp.com/developer/api/overview#error-codes
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR, refused_for("suppressed"))
def check(facts: DeliveryFacts, refused: Refusal, report: Reporter) -> None:
    does = f"does not send to {facts.recipient}"
    refused.reported(report, does, "Remove the recipient from the provider's suppression list")
