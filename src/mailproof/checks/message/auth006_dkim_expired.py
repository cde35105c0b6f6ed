"""DKIM signature has expired

## What it checks
No signature's `x=` lies before the moment for which the message is judged: when the border took it, by its
`Received` header, unless `--at` says otherwise.

## Why it matters
Receivers refuse signatures that have expired on arrival: the lifetime is too short for queues, greylisting
and wrong clocks, or it is a replay.

## How to fix
Give signatures a lifetime of some days, or none.

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
                evidence=(f"judged for {facts.now:%Y-%m-%d %H:%M:%S %z}: {facts.now_origin}",)
                if facts.now is not None
                else (),
                fix=Fix("leave x= out, or sign with a lifetime of at least a week"),
                severity=failure_severity(facts, verdict),
            )
