"""Blocklist: list doesn't work

## What it checks
The test entries of each blocklist: 127.0.0.2 must be listed and 127.0.0.1 must not. Its answers must be
addresses in 127.0.0.0/8. The rule points out lists that fail this.

## Why it matters
A list that was closed often answers every query, or its domain now belongs to someone else. Its answers mean
nothing and were not used here. Receivers that still query it may reject your mail all the same.

## How to fix
Nothing on your side. If your own mail server queries that list, stop that.

## Example
Before:

    2.0.0.127.bl.example. A 127.0.0.2
    1.0.0.127.bl.example. A 127.0.0.2    ; lists everything

After:

    2.0.0.127.bl.example. A 127.0.0.2
    1.0.0.127.bl.example. A ; NXDOMAIN

## References
- RFC 5782 section 5
- RFC 6471 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import lists
from mailproof.model import Listing, Location, Severity


@declare(Severity.INFO, each=lists("unusable"))
def check(listing: Listing, report: Reporter) -> None:
    report(
        f"The answers of {listing.blocklist} were not used: {listing.reason}.",
        location=Location(listing.lookup.name, "A"),
        fix="Remove that list from your own mail server, if it queries it.",
    )
