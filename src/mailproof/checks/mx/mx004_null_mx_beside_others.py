"""A null MX stands beside other MX records

## What it checks
Whether one of several MX records is a null MX (host `.`).

## Why it matters
A null MX must be the only one. Some senders then give up at once, others try the root as a host name.

## How to fix
Remove the null MX, or all the others.

## References
- RFC 7505 section 3
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.mx._facts import hosts, mx_location, replace_mx
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity

RULE = Rule(
    "MX004", "A null MX stands beside other MX records", Severity.ERROR, "mx", ("RFC 7505 section 3",)
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where there are both."""
    found = hosts(facts)
    null = [host for host in found if host.host == "."]
    if not null or len(null) == len(found):
        return
    yield report(
        RULE,
        facts.domain,
        f"{facts.domain} has a null MX (takes no mail) beside {len(found) - len(null)} real MX record(s).",
        location=mx_location(facts, null[0]),
        evidence=tuple(f"{host.preference} {host.host}" for host in found),
        fix=Fix("Take the null MX away.", tuple(r for host in null for r in replace_mx(facts, host))),
    )
