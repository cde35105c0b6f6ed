"""The zone has one name server only

## What it checks
Whether the zone names at least two name servers.

## Why it matters
When the one is down, nobody can look up MX, SPF, DKIM or DMARC: mail is deferred, and what is sent fails
authentication.

## How to fix
Add a second server, in another network.

## References
- RFC 1034 section 4.1
- RFC 2182 section 5
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    soa_of(facts)
    if facts.ns is None:
        raise NotApplicable("the zone was not looked at")
    if facts.ns.undetermined:
        raise Undetermined.of(facts.ns)
    if len(set(facts.ns.records)) != 1:
        return
    report(
        f"The zone {facts.domain} has one name server only: {facts.ns.records[0]}.",
        location=Location(facts.domain, "NS", facts.ns.records[0]),
        fix=Fix("Add a second name server in another network", kind="improvement"),
    )
