"""The zone names no name servers

## What it checks
Whether a domain with an SOA record has NS records too.

## Why it matters
Resolvers that ask the zone for its servers find none: some then fail for all names in it, so that mail
passes or fails by chance.

## How to fix
Publish the NS records that the registry has.

## References
- RFC 1034 section 4.2.1
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    soa = soa_of(facts)
    if not soa.found or facts.ns is None:
        raise NotApplicable("the domain is not a zone of its own")
    if facts.ns.undetermined:
        raise Undetermined.of(facts.ns)
    if facts.ns.found:
        return
    report(
        f"The zone {facts.domain} has an SOA record and no NS records.",
        location=Location(facts.domain, "NS"),
        evidence=(facts.ns.describe(),),
        fix=Fix("Publish the same NS records as in the delegation"),
    )
