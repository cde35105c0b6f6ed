"""Delivery: recipient's server puts mail off

## What it checks
Where the message did not arrive, all temporary refusals (4xx) that were seen on the way: in a delay notice,
and from the mail hosts of the recipient's domain (also one that was submitted to). The rule fires where there
is one.

## Why it matters
Greylisting refuses the first message of an unknown sender for some minutes, and rate limits refuse for
longer. The sending server tries again, so the message may still arrive, after the deadline of the probe.

## How to fix
Probe again in a quarter of an hour, or with a longer `deadline`. If mail is put off every time, ask the
receiving server's administrator, with the reply below.

## Example
Before:

    Diagnostic-Code: smtp; 450 4.2.0 <probe@receiver.example>: Recipient address rejected: Greylisted

After: the message is in the mailbox.

## References
- RFC 6647
- RFC 5321 section 4.5.4.1
"""

from mailproof.checks.base import Reporter, declare, required
from mailproof.checks.delivery import at_recipient, submission
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.WARNING)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    side = required(facts.recipient_side, "the recipient's domain was not looked at")
    if side.put_off:
        sent = submission(facts)
        again = "Probe again in a quarter of an hour, or with a longer deadline"
        report(
            f"Mail to {side.domain} was put off: {side.put_off[0]}",
            location=at_recipient(facts),
            evidence=side.put_off[1:10],
            fix=f"{again}: it may still arrive" if sent.accepted or sent.in_doubt else again,
        )
