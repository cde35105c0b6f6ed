"""Submission: TLS handshake failed

## What it checks
The TLS handshake with the SMTP server. The rule fires where it failed for a reason other than the
certificate: no version or cipher in common, a refused STARTTLS command, a dropped connection, a reply
injected before TLS began.

## Why it matters
No mail leaves, and no password was sent.

## How to fix
Bring the server's TLS up to date (TLS 1.2 and 1.3, a certificate that fits its private key). If replies
were injected before TLS, look for an intercepting device.

## Example
Before (Postfix, a key that does not fit the certificate):

    smtpd_tls_cert_file = /etc/ssl/smtp.pem
    smtpd_tls_key_file = /etc/ssl/old.key

After:

    smtpd_tls_cert_file = /etc/ssl/smtp.pem
    smtpd_tls_key_file = /etc/ssl/smtp.key

## References
- RFC 8446
- RFC 3207
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, said
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(
    Severity.ERROR, ended("starttls", "tls", by=("tls", "timeout", "protocol", "rejected"), smtp_only=False)
)
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    report(
        f"TLS with {place(facts)} failed: {said(stage)}.",
        evidence=evidence(stage),
        fix="Check the server's TLS configuration: versions, ciphers, certificate and key",
    )
