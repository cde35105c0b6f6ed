"""A parked domain without a null MX

## What it checks
Whether a domain that takes no mail says so by a null MX (`0 .`), and by it alone.

## Why it matters
Without it, senders try the domain's own address for days before mail bounces, and receivers cannot tell that
nobody answers there.

## How to fix
Publish `0 .` as the only MX record.

## References
- RFC 7505 section 3
- M3AAWG Protecting Parked Domains Best Common Practices, section 3
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import Undetermined, report
from mailproof.checks.profile._facts import parked
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity

RULE = Rule(
    "PARK001",
    "A parked domain without a null MX",
    Severity.WARNING,
    "profile",
    ("RFC 7505 section 3", "M3AAWG Protecting Parked Domains Best Common Practices, section 3"),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where the MX records are anything but the null MX."""
    parked(facts)
    if facts.mx_lookup is None:
        raise Undetermined("the MX records could not be collected")
    if facts.mx_lookup.undetermined:
        raise Undetermined(facts.mx_lookup.describe())
    named = [host for host in facts.mx if not host.implicit]
    if [host.host for host in named] == ["."]:
        return
    others = [host for host in named if host.host != "."]
    what = f"names {', '.join(host.host for host in others[:5])}" if others else "has no MX record"
    removed = tuple(
        FixRecord(facts.domain, "MX", f"{host.preference} {host.host}.", action="remove") for host in others
    )
    yield report(
        RULE,
        facts.domain,
        f"{facts.domain} is parked, yet it {what} where a null MX would say that it takes no mail.",
        location=Location(facts.domain, "MX", f"{others[0].preference} {others[0].host}" if others else ""),
        evidence=(facts.mx_lookup.describe(),),
        fix=Fix("Say that it takes no mail", (*removed, FixRecord(facts.domain, "MX", "0 ."))),
    )
