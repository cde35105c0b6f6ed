"""BIMI: mark certificate expired or about to expire

## What it checks
The validity of the mark certificate and its intermediates. It is an error after the last day, and a warning
with less than 30 days left.

## Why it matters
On the day it expires, Gmail and Apple Mail stop showing the logo. Renewal takes days, since the CA
validates the mark again.

## How to fix
Renew the certificate, and serve the new file at the same address.

## Example
Before:

    ; on 2026-11-01
    not after: 2026-10-29

After:

    ; on 2026-11-01
    not after: 2027-10-29

## References
- draft-fetch-validation-vmc-wchuang section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, certificates
from mailproof.model import BimiEvidence, Severity
from mailproof.printable import counted


@declare(Severity.WARNING, each=certificates)
def check(found: Found, evidence: BimiEvidence, report: Reporter) -> None:
    for number, certificate in enumerate(evidence.chain):
        if certificate.days_left >= 30:
            continue
        expired = certificate.days_left < 0
        when = f"{certificate.not_after:%Y-%m-%d}"
        left = counted(certificate.days_left, "day")
        words = f"expired on {when}" if expired else f"expires on {when}, in {left}"
        issuer = f"The intermediate certificate {certificate.subject[:100]}"
        who = issuer if number else "The mark certificate"
        report(
            f"{who} at {evidence.fetch.url} {words}.",
            location=found.at_tag("a"),
            fix="Renew the mark certificate, and serve the new file at the same address.",
            severity=Severity.ERROR if expired else Severity.WARNING,
        )
