"""Delivery: message didn't arrive

## What it checks
The mailbox's folders after the server accepted the message. The rule fires where the message is in none of
them at the deadline, and no bounce is either.

## Why it matters
The message was lost, is delayed on the way, was filtered silently, or went elsewhere. The sending server's
log shows which, under the queue id.

## How to fix
Look for the queue id in the sending server's log. Wait longer (`deadline`), and check that the recipient's
address really leads to this mailbox.

## Example
Before (Postfix log, delivered elsewhere):

    4XyZ123abc: to=<probe@rcpt.test>, relay=old.rcpt.test[192.0.2.99]:25, status=sent

After:

    4XyZ123abc: to=<probe@rcpt.test>, relay=mx.rcpt.test[192.0.2.25]:25, status=sent

## References
- RFC 5321 section 4.2.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import (
    LOST_THERE,
    accepted,
    at_recipient,
    destination,
    fate_of,
    notice_evidence,
)
from mailproof.model import DeliveryFacts, RetrievalFacts, Severity
from mailproof.printable import first_of


@declare(Severity.ERROR, fate_of, because_of=LOST_THERE)
def check(facts: DeliveryFacts, came: RetrievalFacts, report: Reporter) -> None:
    if came.result == "deadline":
        sent = accepted(facts)
        queue = f" as {sent.queue_id}" if sent.queue_id else ""
        report(
            f"{destination(sent)} accepted the message{queue}, but it did not arrive within "
            f"{came.deadline_s:g} s in {came.server}.",
            location=at_recipient(facts),
            evidence=(
                *notice_evidence(came),
                f"folders searched: {first_of(came.folders_seen, 20) or '(no folder)'}",
                f"Message-ID: {facts.message_id}",
            ),
            fix=f"Search the log of {destination(sent)} for {sent.queue_id or facts.message_id}, "
            f"and check that <{facts.recipient}> is delivered to this mailbox",
        )
