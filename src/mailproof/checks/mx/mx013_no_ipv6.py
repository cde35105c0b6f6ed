"""The mail hosts are reachable over IPv4 only

## What it checks
Whether none of the MX hosts has an IPv6 address.

## Why it matters
It is no fault; national and government profiles (such as Internet.nl's) ask for both.

## How to fix
Add an AAAA record, with a PTR that matches, once the host takes mail over IPv6.

## References
- RFC 3974 section 3
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.mx._facts import host_addresses, hosts, mx_location
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    addresses = [address.address for _, address in host_addresses(facts)]
    if not addresses or any(":" in address for address in addresses):
        return
    for host in hosts(facts):
        if host.aaaa is not None and host.aaaa.undetermined:
            raise Undetermined.of(host.aaaa)
    report(
        f"No mail host of {facts.domain} has an IPv6 address.",
        location=mx_location(facts, hosts(facts)[0]),
        evidence=tuple(addresses[:10]),
    )
