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
from mailproof.checks.blocklist._facts import END_THE_CAUSE, listed, of_role, report_listing
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for listing in listed(of_role(facts, report, "domain"), policy=False):
        report_listing(report, listing, listing.subject, END_THE_CAUSE)
