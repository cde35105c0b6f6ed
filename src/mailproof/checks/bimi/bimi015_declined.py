"""BIMI: declined by the domain

## What it checks
Records with an empty l= and no certificate. They say that no logo is wanted.

## Why it matters
Receivers show none then, not even that of the organizational domain. This is right for domains that don't
write to people; elsewhere the record may be unfinished.

## How to fix
If you want a logo, fill in l= and a=.

## Example
Before:

    default._bimi.acme.example. TXT "v=BIMI1; l=; a=;"

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, records
from mailproof.model import Severity


@declare(Severity.INFO, each=records)
def check(found: Found, report: Reporter) -> None:
    if found.record.declined:
        report(
            f"The record at {found.name} asks receivers to show no logo.",
            location=found.at_tag("l"),
            fix="Keep it if you want no logo. Otherwise put the logo into l= and the certificate into a=.",
        )
