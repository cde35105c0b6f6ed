"""Blocklist: mail host listed

## What it checks
The addresses of the MX hosts, on the blocklists that were chosen. The rule fires on a listing. Lists that are
hardly used for rejecting mail, and ranges that are only said not to send, give information.

## Why it matters
A host that takes mail often sends too: forwarded mail, bounces, replies. Many receivers reject mail from a
listed address.

## How to fix
If the host sends mail, find the cause and request delisting. If it belongs to your provider, report it to
them.

## Example
Before:

    25.2.0.192.bl.example. A 127.0.0.2

After:

    25.2.0.192.bl.example. A ; NXDOMAIN

## References
- RFC 5782
- RFC 6471
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import listed, report_listing
from mailproof.model import Listing, Severity


@declare(Severity.WARNING, each=listed("mx"))
def check(listing: Listing, report: Reporter) -> None:
    todo = "If the host sends mail, find and remove the cause, then request delisting"
    serious = listing.major and not all(code.policy for code in listing.codes)
    severity = Severity.WARNING if serious else Severity.INFO
    report_listing(report, listing, f"The mail host {listing.host} ({listing.subject})", todo, severity)
