"""Submission: certificate not issued by a trusted CA

## What it checks
The certificate chain of the SMTP server. The rule fires on self-signed certificates, unknown roots and
chains with a missing intermediate certificate.

## Why it matters
Programs that verify certificates refuse the server. A missing intermediate works in some programs and not
in others, which makes it hard to find.

## How to fix
Serve the full chain (leaf and intermediates) of a public CA. For a private CA, name its root certificate in
`ca_file`.

## Example
Before (Postfix, leaf only):

    smtpd_tls_cert_file = /etc/letsencrypt/live/smtp.acme.example/cert.pem

After:

    smtpd_tls_cert_file = /etc/letsencrypt/live/smtp.acme.example/fullchain.pem

## References
- RFC 5280 section 6.1
- RFC 8314 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, place, tls_of
from mailproof.model import DeliveryFacts, Severity, TlsFacts


@declare(Severity.ERROR, tls_of)
def check(facts: DeliveryFacts, tls: TlsFacts, report: Reporter) -> None:
    if tls.problem_code not in ("untrusted", "self-signed"):
        return
    single = len(tls.chain) == 1 and tls.problem_code == "untrusted"
    hint = " It sends a single certificate: an intermediate may be missing." if single else ""
    report(
        f"The certificate of {place(facts)} is not trusted: {tls.problem}.{hint}",
        evidence=certificate_evidence(tls),
        fix="Serve the full chain of a public CA, or name a private root certificate in ca_file",
    )
