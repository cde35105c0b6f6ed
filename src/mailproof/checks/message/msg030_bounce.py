"""Bounce: message not delivered

## What it checks
Delivery status notifications. The rule fires where a server refused the original or could not deliver it,
for good or so far; each recipient's code and words are looked up in the catalogue of `mailproof explain`.
Only the notification's own words count, not those of the message that it returns. A delay is a warning.

## Why it matters
The message that was sent did not arrive, or has not arrived so far. The cause in the bounce is what to fix;
how the bounce itself is authenticated hardly matters.

## How to fix
Follow the fix of the cause. The rules in the evidence are the ones to check.

## Example
Before:

    Subject: Undelivered Mail Returned to Sender
    Content-Type: multipart/report; report-type=delivery-status; boundary="4Xz/mail"

After (no bounce):

    Subject: Your order
    Content-Type: text/plain; charset=utf-8

## References
- RFC 3464
- RFC 3463
"""

from collections.abc import Iterator

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import failed
from mailproof.grouping import grouped
from mailproof.model import BounceReply, Explanation, Fix, Location, MessageFacts, Severity
from mailproof.printable import first_of

#: Recipients with separate findings; the others usually have the same cause.
MAX_REPLIES = 5


@declare(Severity.ERROR)
def check(facts: MessageFacts, report: Reporter) -> None:
    failed(facts, "bounce")
    if facts.bounce is None:
        return
    undelivered = [each for each in facts.bounce.replies if each.permanent is not None]
    distinct = grouped(
        undelivered, lambda reply: (reply.causes[0].id if reply.causes else "", reply.status, reply.code)
    )
    for same in tuple(distinct.values())[:MAX_REPLIES]:
        _report(report, facts, *same)


def _report(report: Reporter, facts: MessageFacts, reply: BounceReply, *same: BounceReply) -> None:
    cause = reply.causes[0] if reply.causes else None
    to = f" to {reply.recipient}" if reply.recipient else ""
    state = "was not delivered" if reply.permanent else "has not been delivered yet"
    if cause is None:
        why = reply.registered or "the bounce gives no known reason."
    elif cause.degree == "code only":
        why = f"from the code alone: {cause.cause}"
    else:
        why = cause.cause if cause.certain else f"likely: {cause.cause}"
    words = reply.text or reply.status
    report(
        f"The message{to} {state}. {why[:1].upper()}{why[1:]}",
        location=Location(name="Diagnostic-Code", rrtype="notification", record=words),
        evidence=(*_evidence(facts, reply), *_others(same, facts.bounce)),
        fix=Fix(cause.fix) if cause else None,
        severity=None if reply.permanent else Severity.WARNING,
    )


def _evidence(facts: MessageFacts, reply: BounceReply) -> Iterator[str]:
    returned = facts.bounce.returned if facts.bounce else None
    if returned is not None and (returned.from_header or returned.subject):
        about = (f"from {returned.from_header}", f"“{returned.subject}”", returned.date)
        yield f"returned message: {', '.join(filter(None, about))}"
    if reply.remote:
        yield f"reply from: {reply.remote}"
    for cause in reply.causes[:1]:
        if cause.phrase:
            yield f"matched ({cause.degree}): {cause.phrase}"
        if cause.checks:
            yield f"rules to check: {', '.join(cause.checks)}"
        if cause.next:
            yield f"next: {cause.next}"
        yield f"source: {cause.source}"


def _others(same: tuple[BounceReply, ...], bounce: Explanation | None) -> Iterator[str]:
    """The other recipients with the same reply."""
    names = [each.recipient for each in same if each.recipient]
    if names:
        yield f"the same for {first_of(names, MAX_REPLIES)}"
    if bounce is not None and bounce.more:
        yield "the notification names more recipients than are read"
