"""Certificate: weak signature

## What it checks
The signatures of the host's certificate and of those between it and the root. The rule fires on SHA-1, MD5
and MD2. The root's own signature doesn't count.

## Why it matters
Signatures with these can be forged. Today's TLS libraries refuse them by default.

## How to fix
Have the certificate reissued; public CAs have used SHA-256 since 2016.

## Example
Before:

    Signature Algorithm: sha1WithRSAEncryption

After:

    Signature Algorithm: sha256WithRSAEncryption

## References
- RFC 9155
- RFC 9325 section 4.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import certificates, describe, location
from mailproof.model import CertificateFacts, MxConnectionFacts, Severity, TlsFacts


@declare(Severity.WARNING, each=certificates, consequence="tidy")
def check(each: MxConnectionFacts, tls: TlsFacts, _: CertificateFacts, report: Reporter) -> None:
    for certificate in tls.chain:
        signature = certificate.signature.lower().replace("-", "")
        if certificate.subject == certificate.issuer and certificate is not tls.chain[0]:
            continue
        if any(digest in signature for digest in ("sha1", "md5", "md2")):
            report(
                f"{each.place}: {certificate.subject} is signed with {certificate.signature}.",
                location=location(each),
                evidence=describe(certificate),
                fix="Have the certificate reissued, signed with SHA-256 or better.",
            )
            break
