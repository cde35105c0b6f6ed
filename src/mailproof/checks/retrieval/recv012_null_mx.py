"""Delivery: recipient's domain accepts no mail

## What it checks
Where the message did not arrive, the MX of the recipient's domain. The rule fires on a null MX (`MX 0 .`).

## Why it matters
The domain declares that it accepts no mail at all. Sending servers give up at once, and return the message.

## How to fix
Send to another address. If the domain is yours, replace the null MX with a host that accepts mail for it.

## Example
Before:

    receiver.example. MX 0 .

After:

    receiver.example. MX 10 mx.receiver.example.

## References
- RFC 7505
"""

from mailproof.checks.base import Reporter, declare, required
from mailproof.checks.delivery import at_recipient
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    side = required(facts.recipient_side, "the recipient's domain was not looked at")
    if side.null_mx:
        report(
            f"{side.domain} accepts no mail (null MX): no message to <{facts.recipient}> can arrive.",
            location=at_recipient(facts),
            fix=f"Send to another address, or replace the null MX of {side.domain} with a host that accepts "
            "its mail",
        )
