"""Blocklist: sending host in a range not meant to send

## What it checks
The addresses given with `--ip`, on policy lists (such as Spamhaus PBL) among those chosen. The rule fires on
a listing: no abuse was seen, but the provider or the list says that the range sends no mail directly (dynamic
lines, hosts by default).

## Why it matters
Receivers that use the list reject mail from the address as if it came from a home connection.

## How to fix
Send through the provider's outgoing server. For a mail server with a fixed address and PTR record, have the
address removed from the list (only its owner can).

## Example
Before:

    40.2.0.192.pbl.example. A 127.0.0.10

After:

    40.2.0.192.pbl.example. A ; NXDOMAIN

## References
- Spamhaus PBL
- RFC 5782
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import listed, report_listing
from mailproof.model import Listing, Severity


@declare(Severity.ERROR, each=listed("sending", policy=True))
def check(listing: Listing, report: Reporter) -> None:
    todo = "Send through the provider's server, or have the address removed"
    report_listing(report, listing, f"The sending host {listing.subject}", todo)
