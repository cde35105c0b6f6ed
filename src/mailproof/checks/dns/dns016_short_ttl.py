"""A mail record is kept for less than a minute

## What it checks
The time to live (TTL) of the MX, SPF and DMARC records, as the authoritative servers themselves give it.

## Why it matters
Each message costs a new question to your name servers: the shortest outage of these makes mail fail or
wait, where a kept answer would have bridged it.

## How to fix
Raise the TTL to 300 seconds at least, 3600 once all is settled.

## References
- RFC 1912 section 2.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import addresses, asked, said
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, needs=("authority",))


#: Seconds.
SHORTEST = 60


def check(facts: DomainFacts, report: Reporter) -> None:
    found = asked(facts)
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
                    f"{lookup.name} {lookup.rrtype} may be kept for {lookup.ttl} seconds only.",
                    location=Location(lookup.name, lookup.rrtype),
                    evidence=(f"{host} ({address.address}): TTL {lookup.ttl}",),
                    fix=Fix("Raise the TTL to 300 seconds at least", kind="improvement"),
                )
