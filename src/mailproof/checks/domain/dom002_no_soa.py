"""The domain has no SOA record

## What it checks
Whether the domain, or a zone that it is a name in, answers for its SOA record.

## Why it matters
Every zone has one, and Yahoo tests by it whether a domain is real: without it mail is deferred or
refused (451, 554).

## How to fix
Have the DNS provider repair the zone.

## References
- Yahoo sender FAQ: domains are tested by an SOA query
- RFC 1034 section 4.2
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    soa = soa_of(facts)
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
    failed = next((lookup for lookup in above if lookup.undetermined), None)
    if failed is not None:
        raise Undetermined.of(failed)
    if soa.server.startswith("zone "):
        # Exports of providers leave the SOA out: the served zone has one that the file does not show.
        raise NotApplicable("a zone file may leave the SOA to the provider")
    report(
        f"{facts.domain} exists, but there is no SOA record for it.",
        location=Location(facts.domain, "SOA"),
        evidence=(soa.describe(),),
        fix=Fix("Have the DNS provider repair the zone: it must begin with an SOA record"),
    )
