"""Submission: certificate verification off

## What it checks
The profile's setting for the SMTP server. The rule fires on `verification = "off"`.

## Why it matters
Anyone on the path can show a certificate and read the password. What the report says about TLS then holds
for whoever answered.

## How to fix
Remove `verification = "off"`. For a private CA, name its root certificate in `ca_file`.

## Example
Before:

    [profiles.acme.submit]
    verification = "off"

After:

    [profiles.acme.submit]
    ca_file = "/etc/ssl/acme-root.pem"

## References
- RFC 8314 section 3.3
- RFC 7817
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, place, tls_of
from mailproof.model import DeliveryFacts, Severity, TlsFacts


@declare(Severity.WARNING, tls_of, consequence="tidy")
def check(facts: DeliveryFacts, tls: TlsFacts, report: Reporter) -> None:
    if tls.verification_off:
        report(
            f"The certificate of {place(facts)} was not verified: the profile turns that off.",
            evidence=certificate_evidence(tls),
            fix='Remove verification = "off"; for a private CA, name its root certificate in ca_file',
        )
