"""Domain: no NS records

## What it checks
The NS records of a domain with an SOA record. The rule fires where there are none.

## Why it matters
Resolvers that ask the zone for its name servers find none. Some then fail for all names in the zone, so
that mail passes or fails by chance.

## How to fix
Publish the NS records that the registry has.

## Example
Before:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600

After:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.acme.example.

## References
- RFC 1034 section 4.2.1
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Location, Lookup, Severity


@declare(Severity.ERROR, soa_of)
def check(facts: DomainFacts, soa: Lookup, report: Reporter) -> None:
    if not soa.found or soa.chain or facts.ns is None:
        raise NotApplicable("the domain is not a zone of its own")
    answered(facts.ns)
    if facts.ns.found:
        return
    report(
        f"The zone {facts.domain} has an SOA record, but no NS records.",
        location=Location(facts.domain, "NS"),
        evidence=(facts.ns.describe(),),
        fix="Publish the same NS records as in the delegation.",
    )
