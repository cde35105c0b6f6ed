"""TLS: versions 1.0 or 1.1 still offered

## What it checks
The TLS versions of each mail host. The rule points out TLS 1.0 or 1.1 beside newer ones, as far as the
OpenSSL of this machine can speak them.

## Why it matters
RFC 8996 forbids both. Between mail servers old TLS is still better than none, which is why some large
providers keep it, but auditors mark it down.

## How to fix
Set the lowest version to 1.2 (Postfix: `smtpd_tls_protocols = >=TLSv1.2`).

## Example
Before:

    Postfix: smtpd_tls_protocols = >=TLSv1

After:

    Postfix: smtpd_tls_protocols = >=TLSv1.2

## References
- RFC 8996
- RFC 9325 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.transport._facts import location, with_tls
from mailproof.model import MxConnectionFacts, Severity, TlsFacts

OLD = ("TLSv1", "TLSv1.1")


@declare(Severity.INFO, each=with_tls, because_of="TLS009", consequence="tidy")
def check(each: MxConnectionFacts, _: TlsFacts, report: Reporter) -> None:
    offered = {version.version for version in each.versions if version.offered}
    old = [version for version in OLD if version in offered]
    if old and offered - set(OLD):
        report(
            f"{each.place} still offers {' and '.join(old)}.",
            location=location(each),
            fix=improvement("Set the server's lowest TLS version to 1.2."),
        )
    for version in each.versions:
        if version.version in OLD and version.offered is None:
            report.unknown(f"{version.version} of {each.place}: {version.reason}")
