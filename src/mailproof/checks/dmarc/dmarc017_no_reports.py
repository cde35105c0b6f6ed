"""Nobody receives the aggregate reports

## What it checks
Whether the record that applies has a `rua` tag.

## Why it matters
Without reports there is no way to see which of your own mail fails, nor who forges the domain: raising
the policy is then a leap in the dark.

## How to fix
Add `rua=mailto:` with a mailbox, or with the address that a report service gave you.

## References
- RFC 9989 sections 4.7 (rua) and 5.1.3
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Finding, Rule, Severity
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC017",
    "Nobody receives the aggregate reports",
    Severity.WARNING,
    "dmarc",
    ("RFC 9989 sections 4.7 (rua) and 5.1.3",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where rua is not written."""
    found = applied(facts)
    if found.record.tag("rua") is not None or not found.record.valid:
        return
    address = f"mailto:dmarc@{found.dmarc.policy_domain}"
    yield report(
        RULE,
        facts.domain,
        f"The record at {found.name} has no rua=, so nobody learns which mail of {facts.domain} fails.",
        location=found.at(),
        fix=found.publish("Add an address for reports.", rewritten(found.record, put=(("rua", address),))),
    )
