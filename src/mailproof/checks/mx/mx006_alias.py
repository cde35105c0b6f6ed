"""An MX host is an alias (CNAME)

## What it checks
Whether an MX record names a host that is a CNAME.

## Why it matters
The standards forbid it. Most senders cope, some refuse, and certificates, MTA-STS and DANE are checked
against another name than the one meant.

## How to fix
Name the alias's target in the MX record.

## References
- RFC 2181 section 10.3
- RFC 5321 section 5.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.mx._facts import hosts_with_names, mx_location, replace_mx
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity

RULE = Rule(
    "MX006",
    "An MX host is an alias (CNAME)",
    Severity.WARNING,
    "mx",
    (
        "RFC 2181 section 10.3",
        "RFC 5321 section 5.1",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each alias."""
    for host in hosts_with_names(facts):
        if not host.cname:
            continue
        yield report(
            RULE,
            facts.domain,
            f"The MX host {host.host} is an alias of {host.cname[-1]}.",
            location=mx_location(facts, host),
            evidence=(" -> ".join((host.host, *host.cname)),),
            fix=Fix("Name the target itself.", replace_mx(facts, host, host.cname[-1])),
        )
