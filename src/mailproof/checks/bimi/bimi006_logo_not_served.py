"""The BIMI logo cannot be fetched

## What it checks
A GET of the address in l=: status 200, a valid certificate, a public address, no redirect, within time
and size.

## Why it matters
A receiver that cannot fetch the logo shows none.

## How to fix
Serve the SVG file at that very address, as image/svg+xml.

## References
- draft-brand-indicators-for-message-identification section 7.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import fetched
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, got in fetched(facts, report, "logo"):
        if got.ok:
            continue
        advice = "Serve the file at that very address, over HTTPS with a valid certificate."
        if got.kind == "redirect":
            advice = f"Name in l= the address that the file is really served at: {got.location}"
        report(
            f"The logo named at {found.name} cannot be fetched: {got.problem}.",
            location=found.at_tag("l"),
            evidence=(got.describe(),),
            fix=Fix(advice),
        )
