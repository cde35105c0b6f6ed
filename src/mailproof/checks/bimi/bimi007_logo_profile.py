"""The BIMI logo is not SVG Tiny PS

## What it checks
The logo against the profile SVG Tiny Portable/Secure: well-formed, version 1.2, baseProfile tiny-ps, a
title, and no scripts, animation, pictures, style sheets or references to the outside. A document type
with declarations is not read at all.

## Why it matters
Receivers refuse other files, since a picture can carry programs and calls home.

## How to fix
Convert the file with a tool for SVG Tiny PS, or take out what is named.

## References
- draft-svg-tiny-ps-abrotman section 2
- draft-brand-indicators-for-message-identification section 7.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import logos
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, logo in logos(facts, report):
        faults = [problem for problem in logo.problems if problem.fatal]
        if not faults:
            continue
        more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
        report(
            f"The logo at {logo.fetch.url} is not SVG Tiny PS: {faults[0].message}{more}.",
            location=found.at_tag("l"),
            evidence=tuple(f"line {problem.line}: {problem.message}" for problem in faults[:10]),
            fix=Fix("Export the logo as SVG Tiny PS, and serve it at the same address."),
        )
