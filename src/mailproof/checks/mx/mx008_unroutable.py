"""An MX host has an address that the Internet cannot reach

## What it checks
Whether an address of an MX host is private, loopback, link-local or otherwise not routed.

## Why it matters
Senders outside connect to themselves or to nothing. Mail is delayed until another host is tried, or
bounces.

## How to fix
Publish the public address; serve internal ones from an internal zone only.

## References
- RFC 6890
- RFC 5321 section 5.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.mx._facts import host_addresses
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.networks import parse_network, unroutable

RULE = Rule(
    "MX008",
    "An MX host has an address that the Internet cannot reach",
    Severity.ERROR,
    "mx",
    (
        "RFC 6890",
        "RFC 5321 section 5.1",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each such address."""
    for host, address in host_addresses(facts):
        network = parse_network(address.address)
        kind = unroutable(network) if network is not None else ""
        if not kind:
            continue
        rrtype = "AAAA" if ":" in address.address else "A"
        owner = host.cname[-1] if host.cname else host.host
        yield report(
            RULE,
            facts.domain,
            f"The mail host {host.host} has the address {address.address}, which is {kind}.",
            location=Location(owner, rrtype, address.address, 0, len(address.address)),
            fix=Fix(
                "Take the address away and publish the public one.",
                (FixRecord(owner, rrtype, address.address, action="remove"),),
            ),
        )
