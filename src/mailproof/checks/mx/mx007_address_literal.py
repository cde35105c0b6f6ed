"""An MX record names an IP address

## What it checks
Whether an MX record has an IP address where a host name must stand.

## Why it matters
The address is taken for a name, which does not exist: mail bounces, and receivers that check the return
path refuse yours.

## How to fix
Give the host a name with an A or AAAA record, and put the name into the MX record.

## References
- RFC 1035 section 3.3.9
- RFC 5321 section 5.1
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from mailproof.checks.base import report
from mailproof.checks.mx._facts import hosts, hosts_with_names, is_address, mx_location, replace_mx
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, MxHostFacts, Rule, Severity
from mailproof.records.networks import unroutable

RULE = Rule(
    "MX007",
    "An MX record names an IP address",
    Severity.ERROR,
    "mx",
    (
        "RFC 1035 section 3.3.9",
        "RFC 5321 section 5.1",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each address."""
    for host in hosts(facts):
        if not is_address(host.host):
            continue
        yield report(
            RULE,
            facts.domain,
            f"The MX record of {facts.domain} names the address {host.host}; it must name a host.",
            location=mx_location(facts, host),
            fix=_fix(facts, host),
        )


def _fix(facts: DomainFacts, host: MxHostFacts) -> Fix:
    """Other hosts take the mail already, or the address gets a name, if it is one that can be reached."""
    if hosts_with_names(facts):
        return Fix("Take it away: other hosts take the mail.", replace_mx(facts, host))
    name = f"mail.{facts.domain}"
    address = ip_address(host.host)
    if unroutable(ip_network(host.host)):
        return Fix("Name a host with a public address.", replace_mx(facts, host, name))
    rrtype = "A" if address.version == 4 else "AAAA"
    return Fix(
        "Give the host a name.",
        (*replace_mx(facts, host, name), FixRecord(name, rrtype, host.host)),
    )
