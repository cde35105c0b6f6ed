"""DKIM signature uses rsa-sha1

## What it checks
No signature uses the algorithm `rsa-sha1`.

## Why it matters
RFC 8301 forbids verifiers to count it: the mail is treated as unsigned.

## How to fix
Set the signing server to `rsa-sha256`; the key can stay.

## References
- RFC 8301 section 3.1
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
        if verdict.code == "sha1":
            report(
                f"{the_signature(verdict)} uses rsa-sha1, which receivers must not count.",
                location=signature_place(facts, verdict),
                fix=Fix("set the signing algorithm to rsa-sha256; the published key can stay"),
                severity=failure_severity(facts, verdict),
            )
