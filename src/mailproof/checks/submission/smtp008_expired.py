"""Submission: certificate expired

## What it checks
The validity of the SMTP server's certificates. The rule fires where one has expired, also with verification
turned off.

## Why it matters
Programs that verify certificates refuse the server, as we did. The usual cause is a renewal that did not
run, or a mail server that was not reloaded after it.

## How to fix
Renew the certificate and reload the mail server: many keep the old one in memory.

## Example
Before (on 1 November 2026):

    notAfter=Oct 20 00:00:00 2026 GMT

After:

    notAfter=Jan 18 00:00:00 2027 GMT

## References
- RFC 5280 section 4.1.2.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, leaf, place, tls_of
from mailproof.model import DeliveryFacts, Severity, TlsFacts


@declare(Severity.ERROR, tls_of)
def check(facts: DeliveryFacts, tls: TlsFacts, report: Reporter) -> None:
    certificate = leaf(tls)
    late = certificate is not None and certificate.days_left < 0
    if tls.problem_code == "expired" or late:
        if certificate is not None and late:
            words = f"The certificate of {place(facts)} expired on {certificate.not_after:%Y-%m-%d}."
        else:
            words = f"A certificate in the chain of {place(facts)} has expired."
        report(
            words,
            evidence=certificate_evidence(tls),
            fix="Renew the certificate and reload the mail server, so that it serves the new one",
        )
