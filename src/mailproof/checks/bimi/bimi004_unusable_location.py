"""BIMI: logo or certificate address not usable

## What it checks
The tags l= (the logo) and a= (the mark certificate). Each must be one address that begins with https://.

## Why it matters
Receivers fetch over HTTPS only. Without a usable l= they show no logo. With an empty l= and a certificate,
only receivers that take the logo from the certificate show one.

## How to fix
Put one https address of an SVG file into l=, and one of a PEM file into a=.

## Example
Before:

    default._bimi.acme.example. TXT "v=BIMI1; l=http://acme.example/logo.svg; a=https://acme.example/vmc.pem"

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification sections 4.2 and 7.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, in_use
from mailproof.model import Severity


@declare(Severity.WARNING, each=in_use)
def check(found: Found, report: Reporter) -> None:
    for problem in found.problems("missing-location", "bad-location", "no-location", "bad-evidence"):
        unclear = "Put one https:// address of the logo into l=, and one of the certificate into a=."
        old = found.record.text[problem.start : problem.end]
        if old.lower().startswith("http://"):
            unclear = f"Serve it over HTTPS, and write https{old[4:]}."
        report(
            f"The record at {found.name} has an unusable address: {problem.message}.",
            location=found.at(problem),
            fix=found.repair(report.subject, "Correct the name of the tag.", problem, unclear),
            severity=Severity.WARNING if problem.code == "no-location" else None,
        )
