"""BIMI: incomplete or unordered certificate chain

## What it checks
The certificates in the file at a=: the mark certificate with its intermediates, each signed by the next.
Whether receivers trust the root is not checked: they keep lists of their own.

## Why it matters
A receiver must be able to follow the chain to a root that it knows. With the mark certificate alone, or in
another order, most can't.

## How to fix
Append the CA's intermediate certificates after the mark certificate, in the order of issue.

## Example
Before:

    CN=Acme Ltd, issued by CN=Example Mark CA

After:

    CN=Acme Ltd, issued by CN=Example Mark CA
    CN=Example Mark CA, issued by CN=Example Mark Root

## References
- draft-fetch-validation-vmc-wchuang section 4
- draft-brand-indicators-for-message-identification section 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, certificates
from mailproof.model import BimiEvidence, Severity


@declare(Severity.WARNING, each=certificates)
def check(found: Found, evidence: BimiEvidence, report: Reporter) -> None:
    fault = ""
    if len(evidence.chain) == 1:
        fault = "the file has no intermediate certificates"
    elif evidence.linked is False:
        fault = "not every certificate is signed by the next one in the file"
    if fault:
        report(
            f"Receivers can't follow the chain of the mark certificate at {evidence.fetch.url}: {fault}.",
            location=found.at_tag("a"),
            evidence=tuple(f"{each.subject}, issued by {each.issuer}" for each in evidence.chain),
            fix="Put the mark certificate first and its intermediates after it, in the order of issue.",
        )
