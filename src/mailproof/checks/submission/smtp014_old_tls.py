"""Submission: TLS version older than 1.2

## What it checks
The TLS version of the connection. The rule fires below TLS 1.2.

## Why it matters
TLS 1.0 and 1.1 are formally deprecated. Current systems refuse them, so clients fail one after another as
they are updated.

## How to fix
Enable TLS 1.2 and 1.3 on the server, and disable older versions.

## Example
Before:

    TLSv1.1 with ECDHE-RSA-AES256-SHA

After (Postfix: `smtpd_tls_mandatory_protocols = >=TLSv1.2`):

    TLSv1.3 with TLS_AES_256_GCM_SHA384

## References
- RFC 8996
- RFC 8314 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import place, tls_of
from mailproof.model import DeliveryFacts, Severity, TlsFacts


@declare(Severity.WARNING, tls_of, consequence="tidy")
def check(facts: DeliveryFacts, tls: TlsFacts, report: Reporter) -> None:
    if tls.version in ("SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"):
        report(
            f"{place(facts)} supports nothing newer than {tls.version}, which is deprecated.",
            evidence=(f"{tls.version} with {tls.cipher}",),
            fix="Enable TLS 1.2 and 1.3 on the mail server",
        )
