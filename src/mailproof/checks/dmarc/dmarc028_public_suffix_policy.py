"""Only the public suffix's policy applies

## What it checks
Whether the record that applies belongs to a public suffix (`psd=y`) above the domain.

## Why it matters
The registry's default decides about the domain's mail, and the reports go to the registry. Receivers not
yet on RFC 9989 do not look there and find no policy.

## How to fix
Publish a record of your own.

## References
- RFC 9989 sections 4.10.1 and 5.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import applied, first_record
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Rule, Severity

RULE = Rule(
    "DMARC028",
    "Only the public suffix's policy applies",
    Severity.WARNING,
    "dmarc",
    ("RFC 9989 sections 4.10.1 and 5.2",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where the record is a public suffix's and the domain is not the suffix."""
    found = applied(facts)
    if found.own or found.record.psd != "y":
        return
    organizational = found.dmarc.walk.organizational_domain
    name = f"_dmarc.{organizational}"
    yield report(
        RULE,
        facts.domain,
        f"{facts.domain} has no DMARC record; the one of the public suffix at {found.name} applies.",
        location=found.at(),
        evidence=(found.dmarc.reason,),
        fix=Fix("Publish a record of your own.", (FixRecord(name, "TXT", first_record(organizational)),)),
    )
