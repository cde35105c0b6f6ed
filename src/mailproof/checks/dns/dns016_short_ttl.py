"""DNS: TTL of a mail record under a minute

## What it checks
The time to live (TTL) of the MX, SPF and DMARC records, as the authoritative servers give it.

## Why it matters
Almost every message needs a new lookup at your name servers. In even a short outage, mail fails or waits,
where a cached answer would have been enough.

## How to fix
Raise the TTL to at least 300 seconds, and to 3600 once all is settled.

## Example
Before:

    acme.example. 30 MX 10 mx1.acme.example.

After:

    acme.example. 3600 MX 10 mx1.acme.example.

## References
- RFC 1912 section 2.2
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.dns._facts import addresses, asked, said
from mailproof.model import AuthorityFacts, Location, Severity
from mailproof.printable import counted

#: Seconds.
SHORTEST = 60


@declare(Severity.INFO, asked, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    seen: set[tuple[str, str]] = set()
    for host, address in addresses(found):
        for answer in address.answers:
            lookup = answer.lookup
            key = (lookup.name, lookup.rrtype)
            if lookup.rrtype not in ("MX", "TXT") or said(answer) is None or not lookup.found:
                continue
            if lookup.ttl < SHORTEST and key not in seen:
                seen.add(key)
                report(
                    f"{lookup.name} {lookup.rrtype} has a TTL of only {counted(lookup.ttl, 'second')}.",
                    location=Location(lookup.name, lookup.rrtype),
                    evidence=(f"{host} ({address.address}): TTL {lookup.ttl}",),
                    fix=improvement("Raise the TTL to at least 300 seconds."),
                )
