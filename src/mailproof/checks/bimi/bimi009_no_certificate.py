"""BIMI: no mark certificate

## What it checks
The tag a=. The rule fires where it names no mark certificate (VMC or CMC).

## Why it matters
Gmail and Apple Mail show a logo only with a certificate. Others, Yahoo and Fastmail among them, may show
one without.

## How to fix
Buy a Verified or Common Mark Certificate for the logo, serve it as a PEM file, and put its address into a=.

## Example
Before:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a="

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, in_use
from mailproof.model import Severity


@declare(Severity.INFO, each=in_use)
def check(found: Found, report: Reporter) -> None:
    if not found.record.evidence:
        report(
            f"The record at {found.name} has no mark certificate (a=), so some receivers show no logo.",
            location=found.at_tag("a"),
            fix="Put the address of a mark certificate into a= once you have one.",
        )
