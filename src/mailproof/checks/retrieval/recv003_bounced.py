"""Delivery: message bounced

## What it checks
Delivery status notifications in the mailbox. The rule fires where one came back instead of the message.

## Why it matters
A server further on refused the message for good. The diagnostic is that server's own answer.

## How to fix
Follow the meaning of the code: `5.1.x` is about the address, `5.2.x` the mailbox, `5.7.x` policy and
authentication.

## Example
Before:

    Action: failed
    Status: 5.7.26
    Diagnostic-Code: smtp; 550-5.7.26 This mail is blocked because the sender is unauthenticated.

After: no bounce, the message is in the mailbox.

## References
- RFC 3464
- RFC 3463
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import (
    CLOSED_THERE,
    advice_for,
    at_recipient,
    bounce_evidence,
    fate_of,
)
from mailproof.model import DeliveryFacts, RetrievalFacts, Severity


@declare(Severity.ERROR, fate_of, because_of=CLOSED_THERE)
def check(facts: DeliveryFacts, came: RetrievalFacts, report: Reporter) -> None:
    bounce = came.bounce
    if came.result == "bounced" and bounce is not None:
        who = bounce.remote_mta or bounce.reporting_mta or "a server on the way"
        words = bounce.diagnostic or bounce.status or "no reason given"
        report(
            f"The message to <{bounce.recipient or facts.recipient}> bounced; {who} says: {words}",
            location=at_recipient(facts),
            evidence=bounce_evidence(bounce),
            fix=advice_for(facts, f"{bounce.diagnostic} {bounce.status}".strip(), bounce.status),
        )
