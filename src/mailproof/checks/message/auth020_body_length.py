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
from mailproof.model import DkimVerdict, MessageFacts, Severity


@declare(Severity.WARNING, each=signatures_of, consequence="forged")
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    if verdict.body_length is not None:
        count, left = verdict.body_length, verdict.unsigned_bytes
        first = "octet" if count == 1 else f"{count} octets"
        covered = f"covers only the first {first} of the body (l=)" if count else "covers no text (l=0)"
        more = f": {left} octet{' at the end is' if left == 1 else 's at the end are'} not signed"
        report(
            f"{the_signature(verdict)} {covered}{more if left else ''}.",
            location=in_header(
                "DKIM-Signature", signature_place(facts, verdict).record, f"l={verdict.body_length}"
            ),
            evidence=(f"not signed: “{verdict.unsigned_text}”",) if verdict.unsigned_text else (),
            fix="Sign without l=",
        )
