"""BIMI: mark certificate can't be fetched or read

## What it checks
A GET of the address in a=. It must return certificates in PEM form.

## Why it matters
Receivers that check certificates show no logo.

## How to fix
Serve the PEM file that the CA sent, the mark certificate first and its intermediates after it.

## Example
Before:

    GET https://acme.example/vmc.pem
    HTTP/1.1 200 OK

    <!DOCTYPE html>

After:

    GET https://acme.example/vmc.pem
    HTTP/1.1 200 OK

    -----BEGIN CERTIFICATE-----

## References
- draft-brand-indicators-for-message-identification section 7.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, fetched
from mailproof.model import FetchFacts, Severity


@declare(Severity.WARNING, each=fetched("evidence"))
def check(found: Found, got: FetchFacts, report: Reporter) -> None:
    evidence = found.selector.evidence
    fault = got.problem or (evidence.problem if evidence else "")
    if fault:
        report(
            f"The mark certificate in the record at {found.name} can't be used: {fault}.",
            location=found.at_tag("a"),
            evidence=(got.describe(),),
            fix="Serve the PEM file from the CA at exactly that address, over HTTPS.",
        )
