"""The certificate is not made for BIMI

## What it checks
Whether the first certificate of the evidence document allows the use for BIMI (extended key usage
1.3.6.1.5.5.7.3.31) and holds a logo.

## Why it matters
Receivers refuse any other certificate, such as the web server's own.

## How to fix
Serve the mark certificate that was issued for the logo, and put it first in the file.

## References
- draft-fetch-validation-vmc-wchuang section 4
- draft-brand-indicators-for-message-identification section 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import certificates
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, evidence in certificates(facts, report):
        fault = ""
        if not evidence.bimi_usage:
            fault = "its key may not be used for BIMI (1.3.6.1.5.5.7.3.31)"
        elif not evidence.logo_sha256:
            fault = "no logo could be read out of it"
        if fault:
            report(
                f"The certificate at {evidence.fetch.url} is no mark certificate: {fault}.",
                location=found.at_tag("a"),
                evidence=(f"subject: {evidence.chain[0].subject}", f"issuer: {evidence.chain[0].issuer}"),
                fix=Fix("Serve the mark certificate itself first in the file."),
            )
