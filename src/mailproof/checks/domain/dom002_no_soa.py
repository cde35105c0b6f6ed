"""Domain: no SOA record

## What it checks
The SOA record of the domain, or of the zone that it is in. The rule fires where neither has one.

## Why it matters
Every zone has one, and Yahoo uses it to test whether a domain is real. Without it, mail is deferred or
rejected (451, 554).

## How to fix
Have the DNS provider repair the zone.

## Example
Before:

    acme.example. A 192.0.2.1

After:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. A 192.0.2.1

## References
- Yahoo sender FAQ: domains are tested by an SOA query
- RFC 1034 section 4.2
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Location, Lookup, Severity


@declare(Severity.ERROR, soa_of)
def check(facts: DomainFacts, soa: Lookup, report: Reporter) -> None:
    if soa.found:
        return
    if soa.status == "nxdomain":
        raise NotApplicable("the domain does not exist")
    above = [
        lookup
        for lookup in facts.lookups
        if lookup.rrtype == "SOA" and facts.domain.endswith(f".{lookup.name}") and "." in lookup.name
    ]
    if any(lookup.found for lookup in above):
        return
    answered(*above)
    if soa.server.startswith("zone "):
        # Providers' exports omit the SOA, but the served zone has one.
        raise NotApplicable("a zone file may leave the SOA to the provider")
    report(
        f"{facts.domain} exists, but has no SOA record.",
        location=Location(facts.domain, "SOA"),
        evidence=(soa.describe(),),
        fix="Have the DNS provider repair the zone: it must begin with an SOA record.",
    )
