"""DKIM signature has expired

## What it checks
No signature's `x=` lies before the moment for which the message is judged.

## Why it matters
Receivers refuse expired signatures. On an old saved message it only means that time went by; on a fresh
one the lifetime is too short for queues, greylisting and wrong clocks, or it is a replay.

## How to fix
Give signatures a lifetime of some days, or none. To judge an old message for its own day, set the time.

## References
- RFC 6376 section 3.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import (
    failure_severity,
    signature_place,
    signatures_of,
    the_signature,
)
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: MessageFacts, report: Reporter) -> None:
    for verdict in signatures_of(facts):
        if verdict.code == "expired":
            life = ""
            if verdict.expires is not None and verdict.timestamp is not None:
                life = f" (it was valid for {verdict.expires - verdict.timestamp} seconds)"
            report(
                f"{the_signature(verdict)} does not count: {verdict.reason}{life}.",
                location=signature_place(facts, verdict),
                fix=Fix("leave x= out, or sign with a lifetime of at least a week"),
                severity=failure_severity(facts, verdict),
            )
