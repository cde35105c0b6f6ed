"""The logo is not the one in the mark certificate

## What it checks
Whether the file at l= is, octet by octet, the logo embedded in the certificate.

## Why it matters
A receiver may refuse both where they differ. An exported, minified or re-saved file counts as another.

## How to fix
Serve at l= the very file that was handed to the authority.

## References
- draft-brand-indicators-for-message-identification section 7.4
- RFC 9399
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.bimi._facts import certificates
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, evidence in certificates(facts, report):
        logo = found.selector.logo
        if logo is None or not logo.sha256:
            raise NotApplicable("the logo could not be fetched")
        if not evidence.logo_sha256:
            raise NotApplicable("no logo could be read out of the certificate")
        if logo.sha256 != evidence.logo_sha256:
            report(
                f"The logo at {logo.fetch.url} is not the one in the certificate at {evidence.fetch.url}.",
                location=found.at_tag("l"),
                evidence=(f"SHA-256 at l=: {logo.sha256}", f"SHA-256 within a=: {evidence.logo_sha256}"),
                fix=Fix("Serve at l= the very file that the certificate was issued for."),
            )
