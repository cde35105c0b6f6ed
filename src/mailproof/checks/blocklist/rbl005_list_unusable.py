"""A blocklist does not work

## What it checks
Whether each list holds its test entries as it must: 127.0.0.2 is listed and 127.0.0.1 is not. And
whether it answers with addresses of 127.0.0.0/8 only.

## Why it matters
A list that was closed often answers to everything, or its domain is now somebody else's: nothing that it
says counts, and nothing of it was used here. Receivers that still ask it may refuse your mail all the
same.

## How to fix
Nothing on your side. If you ask that list on your own mail server, stop that.

## References
- RFC 5782 section 5
- RFC 6471 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import blocklists
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    seen: set[str] = set()
    for listing in blocklists(facts).listings:
        if listing.status == "unusable" and listing.blocklist not in seen:
            seen.add(listing.blocklist)
            report(
                f"The answers of {listing.blocklist} were not used: {listing.reason}.",
                location=Location(listing.lookup.name, "A"),
                fix=Fix("Stop asking that list, if your own mail server does."),
            )
