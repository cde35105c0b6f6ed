"""The mark certificate cannot be fetched or read

## What it checks
A GET of the address in a=, and whether it gives certificates in PEM form.

## Why it matters
Receivers that check certificates show no logo.

## How to fix
Serve the PEM file that the authority sent, the certificate first and its intermediates after it.

## References
- draft-brand-indicators-for-message-identification section 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import fetched
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, got in fetched(facts, report, "evidence"):
        evidence = found.selector.evidence
        fault = got.problem or (evidence.problem if evidence else "")
        if fault:
            report(
                f"The mark certificate named at {found.name} cannot be used: {fault}.",
                location=found.at_tag("a"),
                evidence=(got.describe(),),
                fix=Fix("Serve the authority's PEM file at that very address, over HTTPS."),
            )
