"""Blocklist: sending host listed

## What it checks
The addresses given with `--ip`, on the blocklists that were chosen. The rule fires on a listing. A list that
is hardly used for rejecting mail gives a warning.

## Why it matters
Receivers that use the list reject mail from the address (5xx, often with the list's name) or put it in Junk,
whatever SPF, DKIM and DMARC say.

## How to fix
First find the cause (a compromised account or host, a bought list of addresses, an open form) and remove it.
Then request delisting as the list describes. Without that, the address is listed again within days.

## Example
Before:

    40.2.0.192.bl.example. A 127.0.0.2

After:

    40.2.0.192.bl.example. A ; NXDOMAIN

## References
- RFC 5782
- RFC 6471
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import END_THE_CAUSE, listed, report_listing
from mailproof.model import Listing, Severity


@declare(Severity.ERROR, each=listed("sending", policy=False))
def check(listing: Listing, report: Reporter) -> None:
    report_listing(report, listing, f"The sending host {listing.subject}", END_THE_CAUSE)
