"""The BIMI logo may be shown badly or not at all

## What it checks
What the profile advises: at most 32 KiB, a square viewBox, a short title that names the brand, no
document type.

## Why it matters
Receivers cut logos to squares or circles, and some pass over files that are larger.

## How to fix
Draw the logo on a square, simplify its paths, and name the brand in its title.

## References
- draft-svg-tiny-ps-abrotman section 2
- draft-brand-indicators-for-message-identification section 5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import logos
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, logo in logos(facts, report):
        for problem in logo.problems:
            if not problem.fatal:
                report(
                    f"The logo at {logo.fetch.url} may not be shown well: {problem.message}.",
                    location=found.at_tag("l"),
                    fix=Fix("Correct the file, and serve it at the same address."),
                )
