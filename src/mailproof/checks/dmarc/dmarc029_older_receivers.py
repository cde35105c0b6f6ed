"""Receivers not yet on RFC 9989 may apply another record

## What it checks
Whether the record that applies, or the organizational domain, was found only by the tree walk: by way of
`psd`, or at a name of three labels and more between the domain and the top.

## Why it matters
Receivers not yet on RFC 9989 ask the domain itself and then the organizational domain of a public suffix
list, nowhere else. They may find another record, or none, and align identifiers otherwise.

## How to fix
Publish a record at the domain itself; it is the first that all receivers ask for.

## References
- RFC 7489 sections 3.2 and 6.6.3
- RFC 9989 section 4.10
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied, known_walk
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(
    __name__,
    __doc__,
    Severity.INFO,
    because_of=(
        "DMARC002",
        "DMARC003",
        "DMARC004",
        "DMARC005",
        "DMARC021",
        "DMARC022",
        "DMARC023",
        "DMARC027",
    ),
)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    if found.own:
        return
    known_walk(found.dmarc)
    by_psd = any(step.record is not None and step.record.psd != "u" for step in found.dmarc.walk.steps)
    if not by_psd and found.dmarc.policy_domain.count(".") < 2:
        return
    report(
        f"Receivers not yet on RFC 9989 may not find the record at {found.name}: they look at "
        f"_dmarc.{facts.domain} and at the organizational domain of a public suffix list only.",
        location=found.at(),
        evidence=(found.dmarc.reason, found.dmarc.walk.reason),
        fix=Fix(
            f"Publish p={found.dmarc.policy or 'none'} at _dmarc.{facts.domain} too, with report addresses "
            "that take its reports.",
            kind="decision",
        ),
    )
