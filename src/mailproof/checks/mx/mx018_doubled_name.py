"""An MX host's name has the domain twice

## What it checks
Whether an MX host ends in `<domain>.<domain>`, which a zone file makes of a name without its final dot.

## Why it matters
The name does not exist, so mail is not delivered to that host.

## How to fix
Write the final dot, or only the part before the domain.

## References
- RFC 1035 section 5.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.mx._facts import hosts_with_names, mx_location, replace_mx
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity

RULE = Rule(
    "MX018", "An MX host's name has the domain twice", Severity.ERROR, "mx", ("RFC 1035 section 5.1",)
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each such name that has no address."""
    for host in hosts_with_names(facts):
        suffix = f"{facts.domain}.{facts.domain}"
        if host.addresses or not (host.host == suffix or host.host.endswith(f".{suffix}")):
            continue
        meant = host.host.removesuffix(f".{facts.domain}")
        yield report(
            RULE,
            facts.domain,
            f"The MX host {host.host} must have been meant as {meant}: the final dot is missing.",
            location=mx_location(facts, host),
            fix=Fix("Write the name with its final dot.", replace_mx(facts, host, meant)),
        )
