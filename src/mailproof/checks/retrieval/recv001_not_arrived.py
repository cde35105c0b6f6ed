"""The message did not arrive

## What it checks
The rule reports a message that the server accepted and that was in none of the mailbox's folders at the
deadline, with no bounce either.

## Why it matters
It was lost, is delayed on the way, was filtered away silently, or went elsewhere. The sending server's log
tells which, under the queue id.

## How to fix
Look for the queue id in the sending server's log. Wait longer (`deadline`), and check that the recipient's
address really leads to this mailbox.

## References
- RFC 5321 section 4.2.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import accepted, folders, retrieval, settled
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    came = retrieval(facts)
    settled(came)
    if came.result == "deadline":
        sent = accepted(facts)
        queue = f" as {sent.queue_id}" if sent.queue_id else ""
        report(
            f"{sent.host} accepted the message{queue}, and within {came.deadline_s:g} s it did not arrive in "
            f"{came.server}.",
            evidence=(f"looked in: {folders(came)}", f"Message-ID: {facts.message_id}"),
            fix=Fix(
                f"Search the log of {sent.host} for {sent.queue_id or facts.message_id}, and check that "
                f"<{facts.recipient}> is delivered to this mailbox."
            ),
        )
