"""The mark certificate comes without its chain

## What it checks
Whether the evidence document holds the certificate with its intermediates, each signed by the next.
Whether receivers trust the root at the end is not judged: they keep lists of their own.

## Why it matters
A receiver must be able to follow the chain to a root that it knows; with the certificate alone, or in
another order, most cannot.

## How to fix
Append the authority's intermediate certificates after the mark certificate, in the order of issue.

## References
- draft-fetch-validation-vmc-wchuang section 4
- draft-brand-indicators-for-message-identification section 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import certificates
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, evidence in certificates(facts, report):
        fault = ""
        if len(evidence.chain) == 1:
            fault = "it comes without intermediate certificates"
        elif evidence.linked is False:
            fault = "its certificates are not each signed by the next one in the file"
        if fault:
            report(
                f"The chain of the mark certificate at {evidence.fetch.url} cannot be followed: {fault}.",
                location=found.at_tag("a"),
                evidence=tuple(f"{each.subject}, issued by {each.issuer}" for each in evidence.chain),
                fix=Fix(
                    "Put the mark certificate first and its intermediates after it, in the order of issue."
                ),
            )
