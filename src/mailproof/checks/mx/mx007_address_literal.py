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
from ipaddress import ip_address

from mailproof.checks.base import report
from mailproof.checks.mx._facts import hosts, is_address, mx_location, replace_mx
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Rule, Severity

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
        name = f"mail.{facts.domain}"
        rrtype = "A" if ip_address(host.host).version == 4 else "AAAA"
        yield report(
            RULE,
            facts.domain,
            f"The MX record of {facts.domain} names the address {host.host}; it must name a host.",
            location=mx_location(facts, host),
            fix=Fix(
                "Give the host a name.",
                (*replace_mx(facts, host, name), FixRecord(name, rrtype, host.host)),
            ),
        )
