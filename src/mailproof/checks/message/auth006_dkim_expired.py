"""DKIM: signature expired

## What it checks
The expiry time of each signature (`x=`). The rule fires where it is before the time that the message is
verified for: when the receiving server took it, by its `Received` header, unless `--at` says otherwise.

## Why it matters
Receivers ignore a signature that has expired on arrival. Either the lifetime is too short for queues,
greylisting and wrong clocks, or the message is a replay.

## How to fix
Give signatures a lifetime of at least a week, or none.

## Example
Before (an hour; the mail arrived an hour after that):

    DKIM-Signature: v=1; d=acme.example; s=s1; t=1793527140; x=1793530740; …

After:

    DKIM-Signature: v=1; d=acme.example; s=s1; t=1793534340; …

## References
- RFC 6376 section 3.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import failure_severity, signature_place, signatures_of, the_signature
from mailproof.model import DkimVerdict, MessageFacts, Severity


@declare(Severity.ERROR, each=signatures_of)
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    if verdict.code == "expired":
        life = ""
        if verdict.expires is not None and verdict.timestamp is not None:
            life = f" (it was valid for {verdict.expires - verdict.timestamp} seconds)"
        report(
            f"{the_signature(verdict)} counts for nothing: {verdict.reason}{life}.",
            location=signature_place(facts, verdict),
            evidence=(f"verified for {facts.now:%Y-%m-%d %H:%M:%S %z}: {facts.now_origin}",)
            if facts.now is not None
            else (),
            fix="Leave x= out, or sign with a lifetime of at least a week",
            severity=failure_severity(facts, verdict),
        )
