"""DMARC: strict alignment

## What it checks
`adkim` and `aspf`. The rule fires where one is `s`.

## Why it matters
The DKIM domain (or the return path's domain) must then be exactly the From domain: a return path such as
`bounce.acme.example` no longer aligns. Where that was not intended, it makes good mail fail.

## How to fix
Nothing to do if you want it. Otherwise remove the tag.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; adkim=s; aspf=s"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject"

## References
- RFC 9989 sections 4.4 and 4.7 (adkim, aspf)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity


@declare(Severity.INFO, applied)
def check(found: Applied, report: Reporter) -> None:
    for name, mode, what in (
        ("adkim", found.record.adkim, "the DKIM signing domain"),
        ("aspf", found.record.aspf, "the return path's domain"),
    ):
        if mode != "s":
            continue
        report(
            f"The record at {found.name} has {name}=s: {what} must be exactly the From domain, not a "
            "subdomain or parent of it.",
            location=found.at_tag(name),
        )
