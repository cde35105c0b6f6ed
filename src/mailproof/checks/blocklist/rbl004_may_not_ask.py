"""Blocklist: list refuses queries from here

## What it checks
The answers of the blocklists that were chosen. The rule points out those that only say that the query is not
welcome (such as 127.255.255.254, or REFUSED).

## Why it matters
Such an answer is not a listing. Programs that take it for one report listings that don't exist or, worse,
reject all mail.

## How to fix
Query through a resolver of your own instead of a public one (`--nameserver`), register with the list, or
leave it out.

## Example
Before:

    mailproof audit --blocklists --nameserver 192.0.2.53 acme.example # a public resolver

After:

    mailproof audit --blocklists --nameserver 127.0.0.1 acme.example # your own resolver

## References
- RFC 5782 section 5
- Spamhaus: return codes 127.255.255.252 to 127.255.255.255
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import lists
from mailproof.model import Listing, Location, Severity


@declare(Severity.INFO, each=lists("refused"))
def check(listing: Listing, report: Reporter) -> None:
    report(
        f"{listing.blocklist} refuses queries from here: {listing.reason}.",
        location=Location(listing.lookup.name, "A"),
        evidence=(f"A {listing.lookup.name}: {', '.join(listing.lookup.records) or listing.lookup.status}",),
        fix="Query through a resolver of your own (--nameserver), register with the list, or leave it out.",
    )
