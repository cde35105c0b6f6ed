"""TLS: no TLS 1.3

## What it checks
The TLS versions of each mail host. The rule points out those that offer TLS 1.2 and not 1.3.

## Why it matters
TLS 1.3 hides more of the handshake and drops what is weak. Nothing fails without it today.

## How to fix
Upgrade the server's TLS library (OpenSSL 1.1.1 or newer), or allow TLS 1.3.

## Example
Before:

    Postfix: smtpd_tls_protocols = TLSv1.2

After:

    Postfix: smtpd_tls_protocols = >=TLSv1.2

## References
- RFC 8446
- RFC 9325 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.transport._facts import location, with_tls
from mailproof.model import MxConnectionFacts, Severity, TlsFacts


@declare(Severity.INFO, each=with_tls, because_of="TLS009", consequence="tidy")
def check(each: MxConnectionFacts, _: TlsFacts, report: Reporter) -> None:
    offered = {version.version: version.offered for version in each.versions}
    if offered.get("TLSv1.2") and offered.get("TLSv1.3") is False:
        report(
            f"{each.place} offers TLS 1.2 but not 1.3.",
            location=location(each),
            fix=improvement("Upgrade the server's TLS library, or allow TLS 1.3."),
        )
    if "TLSv1.3" in offered and offered["TLSv1.3"] is None:
        report.unknown(f"could not check TLS 1.3 of {each.place}")
