"""A report address cannot be used

## What it checks
The syntax of each destination in `rua` and `ruf`: a URI, as a rule `mailto:` and an address.

## Why it matters
Receivers ignore a destination that they cannot read, so the reports do not come; with a missing policy
it decides whether there is DMARC at all.

## How to fix
Write each as `mailto:user@domain`, separated by commas; `!` and `,` within an address as %21 and %2C.

## References
- RFC 9989 sections 4.6 and 4.8 (dmarc-urilist)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(
    __name__,
    __doc__,
    Severity.WARNING,
    because_of=("DMARC004", "DMARC005", "DMARC009"),
    consequence="reports",
)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each destination that cannot be used; one record repairs all of them."""
    found = applied(facts)
    for problem in found.problems("bad-uri", "unsupported-scheme", "too-many-uris"):
        report(
            f"At {found.name}: {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.repair(
                "Write each address as mailto: and the address.",
                problem,
                "Write each address as mailto:user@domain, with commas between them.",
            ),
        )
