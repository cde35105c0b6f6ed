"""Certificate: not issued by a trusted CA

## What it checks
The certificate chain that each mail host sends. The rule fires where it doesn't lead to a CA that this
machine trusts: self-signed certificates, private CAs, a missing intermediate, a revoked certificate. It is
information where DANE-EE vouches for the key.

## Why it matters
Senders under MTA-STS or enforced TLS refuse to deliver. A missing intermediate works with the senders that
fetch or remember it, and fails with the rest.

## How to fix
Install a certificate of a public CA with its whole chain (`fullchain.pem`, not `cert.pem`), or publish DANE
records for it.

## Example
Before:

    Postfix: smtpd_tls_cert_file = /etc/letsencrypt/live/mx1.acme.example/cert.pem

After:

    Postfix: smtpd_tls_cert_file = /etc/letsencrypt/live/mx1.acme.example/fullchain.pem

## References
- RFC 8461 section 4.2
- RFC 5280 section 6
- RFC 7672 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import certificates, describe, location, pinned
from mailproof.model import CertificateFacts, DomainFacts, Fix, MxConnectionFacts, Severity, TlsFacts


@declare(Severity.WARNING, each=certificates, consequence="tidy", needs="dane")
def check(
    facts: DomainFacts, each: MxConnectionFacts, tls: TlsFacts, leaf: CertificateFacts, report: Reporter
) -> None:
    self_signed = leaf.subject == leaf.issuer
    if tls.verification_off or (tls.problem_code in ("handshake", "invalid") and not self_signed):
        report.unknown(f"{each.place}: {tls.problem}")
        return
    if tls.verified or not (self_signed or tls.problem_code in ("self-signed", "untrusted", "revoked")):
        return
    what = "is not issued by a trusted CA"
    fix = Fix("Install a certificate of a public CA, with its whole chain.")
    if self_signed:
        what = "is self-signed"
    elif tls.problem_code == "revoked":
        what = "is revoked"
    elif tls.problem_code == "untrusted" and len(tls.chain) == 1:
        what = f"is sent without the certificate of its issuer ({leaf.issuer}), so it can't be verified"
        fix = Fix("Configure the whole chain (fullchain.pem), not only the server's own certificate.")
    report(
        f"The certificate of {each.place} {what}.",
        location=location(each),
        evidence=(*describe(leaf), tls.problem),
        fix=fix,
        severity=Severity.INFO if pinned(facts, each.host) else Severity.WARNING,
    )
