"""Delivery: header fields changed on the way

## What it checks
The header of the message that arrived, compared with the one sent. The rule fires where fields were
changed, removed or doubled. Trace fields that servers add, and refolding, do not count.

## Why it matters
DKIM signatures over such a field fail. A tag in the Subject, or a rewritten From, is the work of a mailing
list or a gateway.

## How to fix
Let the gateway leave the field alone, or sign after it.

## Example
Before (sent “mailproof test message”):

    Subject: [list] mailproof test message

After:

    Subject: mailproof test message

## References
- RFC 6376 section 5.4
- RFC 5322 section 3.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import comparison, shown_change
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.WARNING, because_of="AUTH008 AUTH007")
def check(facts: DeliveryFacts, report: Reporter) -> None:
    changes = [c for c in comparison(facts).changes if c.part == "header" and not c.harmless]
    if changes:
        names = ", ".join(dict.fromkeys(c.name for c in changes))
        hops = ", ".join(dict.fromkeys(c.hop for c in changes if c.hop))
        where = f" (at {hops})" if hops else ""
        report(
            f"These header fields did not arrive as they were sent: {names}{where}.",
            evidence=tuple(shown_change(c) for c in changes[:20]),
            fix=f"Have {hops or 'the server that does it'} leave them alone, or sign after it",
        )
