"""The server's certificate expires soon

## What it checks
The rule reports a certificate with fewer than 21 days left.

## Why it matters
Automatic renewal usually acts with 30 days left: at 21 it has failed for a week, and nobody noticed.

## How to fix
Renew the certificate, find out why it did not renew itself, and reload the mail server.

## References
- RFC 5280 section 4.1.2.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, leaf, place, tls_of
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)

#: Automatic renewals act at 30 days; this leaves nine to notice.
LEAST_DAYS = 21


def check(facts: DeliveryFacts, report: Reporter) -> None:
    tls = tls_of(facts)
    certificate = leaf(tls)
    if certificate is not None and 0 <= certificate.days_left < LEAST_DAYS:
        report(
            f"The certificate of {place(facts)} expires on {certificate.not_after:%Y-%m-%d}, "
            f"in {certificate.days_left} days.",
            evidence=certificate_evidence(tls),
            fix=Fix("Renew it now, and see why the automatic renewal did not."),
        )
