"""Delivery: delay notice

## What it checks
Delivery status notifications in the mailbox. The rule fires on `Action: delayed`.

## Why it matters
A server further on does not accept the message for now. The sending server keeps trying, usually for days.

## How to fix
Follow the diagnostic. A temporary refusal for policy (4.7.x) does not pass by waiting alone.

## Example
Before:

    Action: delayed
    Status: 4.4.1
    Diagnostic-Code: smtp; connect to mx.rcpt.test[192.0.2.9]:25: Connection timed out

After: no notice, the message is in the mailbox.

## References
- RFC 3464 section 2.3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import bounce_evidence, fate_of, known_fix
from mailproof.model import DeliveryFacts, RetrievalFacts, Severity


@declare(Severity.INFO, fate_of, consequence="tidy")
def check(facts: DeliveryFacts, came: RetrievalFacts, report: Reporter) -> None:
    bounce = came.bounce
    if bounce is not None and bounce.action == "delayed":
        who = bounce.remote_mta or bounce.reporting_mta or "a server on the way"
        report(
            f"The message is delayed; {who} says: {bounce.diagnostic or bounce.status or 'no reason given'}",
            evidence=bounce_evidence(bounce),
            fix=known_fix(facts, f"{bounce.diagnostic} {bounce.status}".strip(), permanent=False)
            or "Wait, and look at the sending server's queue",
        )
