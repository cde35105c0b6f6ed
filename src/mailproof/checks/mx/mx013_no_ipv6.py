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

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import Undetermined, declare, report
from mailproof.checks.mx._facts import host_addresses, hosts, mx_location
from mailproof.model import DomainFacts, Finding, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a note where every address is IPv4."""
    addresses = [address.address for _, address in host_addresses(facts)]
    if not addresses or any(":" in address for address in addresses):
        return
    for host in hosts(facts):
        if host.aaaa is not None and host.aaaa.undetermined:
            raise Undetermined.of(host.aaaa)
    yield report(
        RULE,
        facts.domain,
        f"No mail host of {facts.domain} has an IPv6 address.",
        location=mx_location(facts, hosts(facts)[0]),
        evidence=tuple(addresses[:10]),
    )
