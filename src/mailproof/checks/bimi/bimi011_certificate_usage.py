"""BIMI: certificate is not a mark certificate

## What it checks
The first certificate of the file at a=. It must allow BIMI as a use (extended key usage 1.3.6.1.5.5.7.3.31)
and contain a logo.

## Why it matters
Receivers reject any other certificate, such as the web server's own.

## How to fix
Serve the mark certificate that was issued for the logo, and put it first in the file.

## Example
Before:

    subject: CN=www.acme.example
    extended key usage: TLS Web Server Authentication

After:

    subject: CN=Acme Ltd, 1.3.6.1.4.1.53087.1.13=Registered Mark
    extended key usage: 1.3.6.1.5.5.7.3.31
    logotype: data:image/svg+xml;base64,…

## References
- draft-fetch-validation-vmc-wchuang section 4
- draft-brand-indicators-for-message-identification section 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, certificates
from mailproof.model import BimiEvidence, Severity


@declare(Severity.WARNING, each=certificates)
def check(found: Found, evidence: BimiEvidence, report: Reporter) -> None:
    fault = ""
    if not evidence.bimi_usage:
        fault = "it doesn't allow BIMI as a use (1.3.6.1.5.5.7.3.31)"
    elif not evidence.logo_sha256:
        fault = "no logo could be read from it"
    if fault:
        report(
            f"The certificate at {evidence.fetch.url} is not a mark certificate: {fault}.",
            location=found.at_tag("a"),
            evidence=(f"subject: {evidence.chain[0].subject}", f"issuer: {evidence.chain[0].issuer}"),
            fix="Put the mark certificate first in the file.",
        )
