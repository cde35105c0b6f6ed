"""The certificate is not verified

## What it checks
The rule reports a profile that says `verification = "off"`.

## Why it matters
Whoever stands on the path can show any certificate and read the password. What the report says of TLS then
holds for whoever answered.

## How to fix
Take `verification = "off"` out; for a private authority name its root certificate in `ca_file`.

## References
- RFC 8314 section 3.3
- RFC 7817
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, place, tls_of
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DeliveryFacts, report: Reporter) -> None:
    tls = tls_of(facts)
    if tls.verification_off:
        report(
            f"The certificate of {place(facts)} was not verified: the profile switched that off.",
            evidence=certificate_evidence(tls),
            fix=Fix('Remove verification = "off"; name a private authority\'s root in ca_file instead.'),
        )
