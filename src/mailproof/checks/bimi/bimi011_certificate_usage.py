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

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import declare, report
from mailproof.checks.bimi._facts import certificates
from mailproof.model import DomainFacts, Finding, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each certificate of another kind."""
    for found, evidence in certificates(facts):
        fault = ""
        if not evidence.bimi_usage:
            fault = "its key may not be used for BIMI (1.3.6.1.5.5.7.3.31)"
        elif not evidence.logo_sha256:
            fault = "no logo could be read out of it"
        if fault:
            yield report(
                RULE,
                facts.domain,
                f"The certificate at {evidence.fetch.url} is no mark certificate: {fault}.",
                location=found.at_tag("a"),
                evidence=(f"subject: {evidence.chain[0].subject}", f"issuer: {evidence.chain[0].issuer}"),
                fix=Fix("Serve the mark certificate itself first in the file."),
            )
