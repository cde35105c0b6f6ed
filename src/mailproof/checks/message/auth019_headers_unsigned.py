"""DKIM: important header fields not signed

## What it checks
The signed fields (`h=`) of each passing signature of the From domain, or of every passing one where none
aligns. The rule fires where `Subject`, `Date` or `To` is present and not signed, and notes a `From` that is
not listed once more than it occurs (oversigned).

## Why it matters
What is not signed can be changed without breaking the signature. A second `From` can be added on top of a
replayed message.

## How to fix
Add the names to the list of signed fields. Oversign at least `From` (OpenDKIM: `OversignHeaders From`).

## Example
Before:

    DKIM-Signature: v=1; d=acme.example; s=s1; h=from:date:message-id:from; …

After:

    DKIM-Signature: v=1; d=acme.example; s=s1; h=from:to:subject:date:message-id:from; …

## References
- RFC 6376 section 5.4
- RFC 6376 section 8.15
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import passing, signature_place, the_signature, values
from mailproof.model import DkimVerdict, MessageFacts, Severity


@declare(Severity.WARNING, passing, consequence="forged")
def check(facts: MessageFacts, found: list[DkimVerdict], report: Reporter) -> None:
    for verdict in [each for each in found if each.aligned] or found:
        missing = [
            n
            for n in ("Subject", "Date", "To")
            if values(facts, n) and n.lower() not in verdict.signed_headers
        ]
        if missing:
            report(
                f"{the_signature(verdict)} does not cover {', '.join(missing)}: anyone can change them.",
                location=signature_place(facts, verdict),
                fix=f"Add {', '.join(missing)} to the list of signed fields",
            )
        elif verdict.signed_headers.count("from") <= len(values(facts, "From")):
            report(
                f"{the_signature(verdict)} does not oversign From: a second From could be added to a copy.",
                location=signature_place(facts, verdict),
                fix="List From once more in h= than it occurs (OpenDKIM: OversignHeaders From)",
                severity=Severity.INFO,
            )
