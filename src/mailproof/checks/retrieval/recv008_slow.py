"""Delivery: took more than a minute

## What it checks
The time from acceptance to the mailbox, by the clock of the mailbox server where it says when the message
came (INTERNALDATE of IMAP, the topmost Received field). The rule fires above one minute.

## Why it matters
Mail usually arrives within seconds. A minute or more hints at greylisting, queues, or content filters on
the way.

## How to fix
Compare the delays between the hops in the message section: the longest one names the place.

## Example
Before: in the mailbox after 84 s.

After: in the mailbox after 1.5 s.

## References
- RFC 5321 section 4.5.4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import found
from mailproof.model import RetrievalFacts, Severity

SLOW_S = 60.0


@declare(Severity.INFO, found, because_of="RECV011 SMTP022", consequence="tidy")
def check(came: RetrievalFacts, report: Reporter) -> None:
    if came.took_s > SLOW_S:
        report(
            f"The message took {came.took_s:.0f} s from acceptance to the mailbox.",
            fix="Find the hop with the longest delay in the Received headers",
        )
