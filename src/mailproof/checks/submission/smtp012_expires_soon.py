"""Submission: certificate expires soon

## What it checks
The expiry date of the SMTP server's certificate. The rule fires with fewer than 21 days left.

## Why it matters
Automatic renewal usually runs with 30 days left. At 21 it has failed for over a week, unnoticed.

## How to fix
Renew the certificate, find out why it did not renew itself, and reload the mail server.

## Example
Before (on 1 November 2026):

    notAfter=Nov 10 00:00:00 2026 GMT

After:

    notAfter=Jan 30 00:00:00 2027 GMT

## References
- RFC 5280 section 4.1.2.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, leaf, place, tls_of
from mailproof.model import DeliveryFacts, Severity, TlsFacts
from mailproof.printable import counted

#: Automatic renewal happens at 30 days; this leaves nine days to notice a failure.
LEAST_DAYS = 21


@declare(Severity.WARNING, tls_of)
def check(facts: DeliveryFacts, tls: TlsFacts, report: Reporter) -> None:
    certificate = leaf(tls)
    if certificate is not None and 0 <= certificate.days_left < LEAST_DAYS:
        report(
            f"The certificate of {place(facts)} expires on {certificate.not_after:%Y-%m-%d}, "
            f"in {counted(certificate.days_left, 'day')}.",
            evidence=certificate_evidence(tls),
            fix="Renew it now, and find out why the automatic renewal failed",
        )
