"""BIMI: logo differs from the one in the certificate

## What it checks
The file at l=. It must be, byte for byte, the logo in the certificate.

## Why it matters
A receiver may reject both where they differ. A logo that was exported, minified or saved again is a
different file.

## How to fix
Serve exactly the file that you sent to the CA.

## Example
Before:

    SHA-256 of the file at l=: 1f701810…
    SHA-256 of the logo in the certificate: 3bdc1852…

After:

    SHA-256 of the file at l=: 3bdc1852…
    SHA-256 of the logo in the certificate: 3bdc1852…

## References
- draft-brand-indicators-for-message-identification section 7.4
- RFC 9399
"""

from mailproof.checks.base import Reporter, declare, some
from mailproof.checks.bimi._facts import Found, certificates
from mailproof.model import BimiEvidence, BimiLogo, DomainFacts, Severity


def _read(facts: DomainFacts, report: Reporter) -> tuple[tuple[Found, BimiLogo, BimiEvidence], ...]:
    """The logos that were read at both places. Raises NotApplicable if there are none."""
    served = some(
        (
            (found, found.selector.logo, evidence)
            for found, evidence in certificates(facts, report)
            if found.selector.logo is not None and found.selector.logo.sha256
        ),
        "the logo could not be fetched",
    )
    return some(
        (each for each in served if each[2].logo_sha256), "no logo could be read from the certificate"
    )


@declare(Severity.WARNING, each=_read)
def check(found: Found, logo: BimiLogo, evidence: BimiEvidence, report: Reporter) -> None:
    if logo.sha256 != evidence.logo_sha256:
        report(
            f"The logo at {logo.fetch.url} differs from the one in the certificate at {evidence.fetch.url}.",
            location=found.at_tag("l"),
            evidence=(f"SHA-256 at l=: {logo.sha256}", f"SHA-256 in a=: {evidence.logo_sha256}"),
            fix="Serve exactly the file that the certificate was issued for.",
        )
