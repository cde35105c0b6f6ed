"""DKIM: only part of the body signed (l=)

## What it checks
The body length limit of each signature (`l=`). The rule fires where there is one.

## Why it matters
With `l=` anyone can append text to the body, and in a multipart message replace what the reader sees, and
the signature still verifies. Some receivers ignore such signatures.

## How to fix
Turn the body length limit off at the signing server.

## Example
Before:

    DKIM-Signature: v=1; d=acme.example; s=s1; l=49; …

After:

    DKIM-Signature: v=1; d=acme.example; s=s1; …

## References
- RFC 6376 section 8.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header, signature_place, signatures_of, the_signature
from mailproof.model import MessageFacts, Severity


@declare(Severity.WARNING, consequence="forged")
def check(facts: MessageFacts, report: Reporter) -> None:
    for verdict in signatures_of(facts):
        if verdict.body_length is not None:
            more = (
                f": {verdict.unsigned_bytes} octets at the end are not signed"
                if verdict.unsigned_bytes
                else ""
            )
            report(
                f"{the_signature(verdict)} covers only the first {verdict.body_length} octets of "
                f"the body (l=){more}.",
                location=in_header(
                    "DKIM-Signature", signature_place(facts, verdict).record, f"l={verdict.body_length}"
                ),
                evidence=(f"not signed: “{verdict.unsigned_text}”",) if verdict.unsigned_text else (),
                fix="Sign without l=",
            )
