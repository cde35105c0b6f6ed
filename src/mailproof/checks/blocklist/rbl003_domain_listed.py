"""The domain is on a blocklist

## What it checks
The domain, asked of the domain blocklists that were chosen. A list that is hardly used for refusing mail
counts as a warning.

## Why it matters
Receivers look up the domains of the From address and of links in the body: mail that names a listed
domain is refused or goes to Junk, whoever sends it.

## How to fix
Find the cause (a hacked web site, spam that advertises the domain, a young domain that sends much), end
it, and ask the list for removal.

## References
- RFC 5782 section 2.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import evidence, listed, of_role
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    own = of_role(facts, report, "domain")
    for listing in listed(own, policy=False):
        meanings = "; ".join(code.meaning for code in listing.codes)
        report(
            f"{listing.subject} is listed by {listing.blocklist}: {meanings}.",
            location=Location(listing.lookup.name, "A", listing.lookup.records[0]),
            evidence=evidence(listing),
            fix=Fix(f"Find and end the cause, then ask for removal at {listing.removal}."),
            severity=Severity.ERROR if listing.major else Severity.WARNING,
        )
