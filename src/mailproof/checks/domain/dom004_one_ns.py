"""Domain: only one name server

## What it checks
The NS records of the zone. The rule fires where there is only one.

## Why it matters
When that server is down, no one can look up MX, SPF, DKIM or DMARC. Mail to you is deferred, and mail from
you fails authentication.

## How to fix
Add a second name server in another network.

## Example
Before:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    ns1.acme.example. A 192.0.2.53

After:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.acme.example.
    ns1.acme.example. A 192.0.2.53
    ns2.acme.example. A 198.51.100.53

## References
- RFC 1034 section 4.1
- RFC 2182 section 5
"""

from mailproof.checks.base import Reporter, answered, declare, improvement, required
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Location, Severity


@declare(Severity.INFO, consequence="tidy")
def check(facts: DomainFacts, report: Reporter) -> None:
    soa_of(facts)
    ns = required(facts.ns, "the zone was not checked")
    answered(ns)
    if ns.chain or len(set(ns.records)) != 1:
        return
    report(
        f"The zone {facts.domain} has only one name server: {ns.records[0]}.",
        location=Location(facts.domain, "NS", ns.records[0]),
        fix=improvement("Add a second name server in another network."),
    )
