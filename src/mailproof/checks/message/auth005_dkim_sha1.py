"""DKIM: signature uses rsa-sha1

## What it checks
The algorithm of each signature (`a=`). The rule fires on `rsa-sha1`.

## Why it matters
RFC 8301 forbids receivers to accept it: they treat the mail as unsigned.

## How to fix
Set the signing server to `rsa-sha256`. The key can stay.

## Example
Before:

    DKIM-Signature: v=1; a=rsa-sha1; d=acme.example; s=s1; …

After:

    DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; …

## References
- RFC 8301 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import failure_severity, signature_place, signatures_of, the_signature
from mailproof.model import DkimVerdict, MessageFacts, Severity


@declare(Severity.ERROR, each=signatures_of)
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    if verdict.code == "sha1":
        report(
            f"{the_signature(verdict)} uses rsa-sha1, which receivers must not accept.",
            location=signature_place(facts, verdict),
            fix="Set the signing algorithm to rsa-sha256; the published key can stay",
            severity=failure_severity(facts, verdict),
        )
