"""Blocklist: domain listed

## What it checks
The domain, on the domain blocklists that were chosen. The rule fires on a listing. A list that is hardly used
for rejecting mail gives a warning.

## Why it matters
Receivers look up the domains of the From address and of links in the body. Mail that names a listed domain is
rejected or goes to Junk, whoever sends it.

## How to fix
Find the cause (a hacked web site, spam that advertises the domain, a new domain that sends a lot), remove it,
and request delisting.

## Example
Before:

    acme.example.dbl.example. A 127.0.1.2

After:

    acme.example.dbl.example. A ; NXDOMAIN

## References
- RFC 5782 section 2.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import END_THE_CAUSE, listed, report_listing
from mailproof.model import Listing, Severity


@declare(Severity.ERROR, each=listed("domain", policy=False))
def check(listing: Listing, report: Reporter) -> None:
    report_listing(report, listing, listing.subject, END_THE_CAUSE)
