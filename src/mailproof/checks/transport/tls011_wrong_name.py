"""Certificate: issued for another name

## What it checks
The subject alternative names of each mail host's certificate. The rule fires where the MX host's name (or a
wildcard for its first label) is not among them. It is information where DANE-EE vouches for the key.

## Why it matters
Senders that verify (MTA-STS, DANE-TA, enforced TLS) refuse to deliver. Others encrypt without knowing to
which host.

## How to fix
Have the name added to the certificate, or use the certificate's name for the host in the MX record.

## Example
Before:

    subjectAltName: DNS:mail.provider.example   (MX host: mx1.acme.example)

After:

    subjectAltName: DNS:mx1.acme.example

## References
- RFC 8461 section 4.2
- RFC 9525 section 6.3
- RFC 7672 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import certificates, describe, location, pinned
from mailproof.model import CertificateFacts, DomainFacts, MxConnectionFacts, Severity, TlsFacts


@declare(Severity.WARNING, each=certificates, consequence="tidy", needs="dane")
def check(
    facts: DomainFacts, each: MxConnectionFacts, _: TlsFacts, leaf: CertificateFacts, report: Reporter
) -> None:
    if each.names_match is False:
        report(
            f"The certificate of {each.place} is for {', '.join(leaf.names[:4]) or leaf.subject}, "
            f"not for {each.host}.",
            location=location(each),
            evidence=describe(leaf),
            fix=f"Get a certificate for {each.host}.",
            severity=Severity.INFO if pinned(facts, each.host) else Severity.WARNING,
        )
