"""BIMI: logo can't be fetched

## What it checks
A GET of the address in l=. It must return status 200 without a redirect, from a public address with a valid
certificate, within the limits of time and size.

## Why it matters
A receiver that can't fetch the logo shows none.

## How to fix
Serve the SVG file at exactly that address, as image/svg+xml.

## Example
Before:

    GET https://acme.example/logo.svg
    HTTP/1.1 404 Not Found

After:

    GET https://acme.example/logo.svg
    HTTP/1.1 200 OK
    Content-Type: image/svg+xml

## References
- draft-brand-indicators-for-message-identification section 7.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, fetched
from mailproof.model import FetchFacts, Severity


@declare(Severity.WARNING, each=fetched("logo"))
def check(found: Found, got: FetchFacts, report: Reporter) -> None:
    if got.ok:
        return
    advice = "Serve the file at exactly that address, over HTTPS with a valid certificate."
    if got.kind == "redirect":
        advice = f"Put the address that serves the file into l=: {got.location}"
    report(
        f"The logo in the record at {found.name} can't be fetched: {got.problem}.",
        location=found.at_tag("l"),
        evidence=(got.describe(),),
        fix=advice,
    )
