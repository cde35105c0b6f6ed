"""The message was slow

## What it checks
The rule reports a message that took more than a minute from acceptance to the mailbox.

## Why it matters
Mail is usually there within seconds. A minute or more hints at greylisting, queues, or content filters on
the way.

## How to fix
See the delays between the hops in the message section: the longest one names the place.

## References
- RFC 5321 section 4.5.4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import found
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("RECV011", "SMTP022"), consequence="tidy")

SLOW_S = 60.0


def check(facts: DeliveryFacts, report: Reporter) -> None:
    came = found(facts)
    if came.waited_s > SLOW_S:
        report(
            f"The message took {came.waited_s:.0f} s from acceptance to the mailbox.",
            fix=Fix("See which hop of the Received chain has the longest delay."),
        )
