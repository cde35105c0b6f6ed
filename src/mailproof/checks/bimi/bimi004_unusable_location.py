"""The BIMI record names no usable logo

## What it checks
The tags l= (the logo) and a= (the mark certificate): each one address that begins with https://.

## Why it matters
Receivers fetch over HTTPS only. Without a usable l= no logo is shown; with an empty l= and a certificate,
only by receivers that take the logo out of the certificate.

## How to fix
Name one https address of an SVG file in l=, and one of a PEM file in a=.

## References
- draft-brand-indicators-for-message-identification sections 4.2 and 7.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import in_use
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found in in_use(facts, report):
        for problem in found.record.problems:
            if problem.code not in ("missing-location", "bad-location", "no-location", "bad-evidence"):
                continue
            unclear = "Name one https:// address of the logo in l=, and of the certificate in a=."
            old = found.record.text[problem.start : problem.end]
            if old.lower().startswith("http://"):
                unclear = f"Serve it over HTTPS, and write https{old[4:]}."
            report(
                f"At {found.name}: {problem.message}.",
                location=found.at(problem.start, problem.end),
                fix=found.repair(facts.domain, "Correct the name of the tag.", problem, unclear),
                severity=Severity.WARNING if problem.code == "no-location" else None,
            )
