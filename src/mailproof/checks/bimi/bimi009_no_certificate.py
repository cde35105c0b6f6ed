"""BIMI without a mark certificate

## What it checks
Whether the record names a mark certificate (VMC or CMC) in a=.

## Why it matters
Gmail and Apple Mail show a logo only with a certificate; Yahoo and Fastmail, among others, may show one
without.

## How to fix
Buy a verified or common mark certificate for the logo, serve it as PEM, and name it in a=.

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import in_use
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found in in_use(facts, report):
        if not found.record.evidence:
            report(
                f"The record at {found.name} names no mark certificate: some receivers show no logo.",
                location=found.at_tag("a"),
                fix=Fix("Name the address of a mark certificate in a= when you have one."),
            )
