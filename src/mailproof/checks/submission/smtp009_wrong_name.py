"""Submission: certificate for another name

## What it checks
The names in the SMTP server's certificate. The rule fires where the host that we connected to is not among
them.

## Why it matters
Programs that verify certificates refuse the server: they can't tell it from an impostor.

## How to fix
Use a host name that is in the certificate, or add the name to the certificate.

## Example
Before (certificate for smtp.acme.example):

    host = "mail.acme.example"

After:

    host = "smtp.acme.example"

## References
- RFC 6125 section 6
- RFC 7817
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, leaf, place, submission, tls_of
from mailproof.model import DeliveryFacts, Severity, TlsFacts


@declare(Severity.ERROR, tls_of)
def check(facts: DeliveryFacts, tls: TlsFacts, report: Reporter) -> None:
    if tls.problem_code != "wrong-name":
        return
    certificate = leaf(tls)
    names = ", ".join(certificate.names[:10]) if certificate is not None else ""
    host = submission(facts).host
    summary = f"Set the host to a name in the certificate ({names}), or add {host} to the certificate"
    report(
        f"The certificate of {place(facts)} is not for {host}" + (f" but for {names}." if names else "."),
        evidence=certificate_evidence(tls),
        fix=summary if names else f"Add {host} to the names in the certificate",
    )
