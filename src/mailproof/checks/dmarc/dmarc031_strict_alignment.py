"""Strict alignment is asked for

## What it checks
Whether `adkim=s` or `aspf=s` is set.

## Why it matters
The DKIM domain (or the return path) must then equal the From domain exactly: a bounce subdomain such as
`bounce.example.org` no longer counts. Set unknowingly, it makes good mail fail.

## How to fix
Nothing has to be done where it is meant. Where it is not, take the tag out: that is for you to decide.

## References
- RFC 9989 sections 4.4 and 4.7 (adkim, aspf)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    for name, mode, what in (
        ("adkim", found.record.adkim, "the DKIM signing domain"),
        ("aspf", found.record.aspf, "the return path's domain"),
    ):
        if mode != "s":
            continue
        report(
            f"{name}=s at {found.name}: {what} must be exactly the From domain, not a subdomain or parent.",
            location=found.at_tag(name),
        )
