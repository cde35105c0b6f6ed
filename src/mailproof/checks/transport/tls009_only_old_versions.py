"""TLS: nothing newer than TLS 1.1

## What it checks
The TLS versions of each mail host. The rule fires where neither TLS 1.2 nor 1.3 is offered.

## Why it matters
Today's senders refuse older versions by default: they fall back to plain text, or don't deliver.

## How to fix
Upgrade the server's TLS library, or remove the limit on its versions.

## Example
Before:

    Postfix: smtpd_tls_protocols = TLSv1, TLSv1.1

After:

    Postfix: smtpd_tls_protocols = >=TLSv1.2

## References
- RFC 8996
- RFC 9325 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import location, with_tls
from mailproof.model import MxConnectionFacts, Severity, TlsFacts


@declare(Severity.ERROR, each=with_tls)
def check(each: MxConnectionFacts, tls: TlsFacts, report: Reporter) -> None:
    modern = [version for version in each.versions if version.version in ("TLSv1.2", "TLSv1.3")]
    if not modern or any(version.offered for version in modern):
        return
    if any(version.offered is None for version in modern):
        report.unknown(f"{modern[0].version} of {each.place}: {modern[0].reason}")
        return
    report(
        f"{each.place} offers nothing newer than {tls.version}, which today's senders refuse.",
        location=location(each),
        fix="Upgrade the server's TLS library, or allow TLS 1.2 and 1.3.",
    )
