"""The mail hosts are reachable over IPv6 only

## What it checks
Whether all MX hosts together have IPv6 addresses and not one IPv4 address.

## Why it matters
Much of the Internet still sends over IPv4 alone and cannot deliver.

## How to fix
Give one of the hosts an IPv4 address.

## References
- RFC 3974 section 3
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.mx._facts import host_addresses, hosts, mx_location
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    addresses = [address.address for _, address in host_addresses(facts)]
    if not addresses or any(":" not in address for address in addresses):
        return
    for host in hosts(facts):
        if host.a is not None and host.a.undetermined:
            raise Undetermined.of(host.a)
    report(
        f"No mail host of {facts.domain} has an IPv4 address: senders without IPv6 cannot deliver.",
        location=mx_location(facts, hosts(facts)[0]),
        evidence=tuple(addresses[:10]),
    )
