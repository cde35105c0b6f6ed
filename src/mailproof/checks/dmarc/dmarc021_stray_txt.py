"""A TXT record at _dmarc has nothing to do with DMARC

## What it checks
TXT records at `_dmarc.<domain>` that are not DMARC records and were not meant as such.

## Why it matters
Receivers discard them, so they do no harm by themselves. They are often leftovers, or come from a
wildcard record.

## How to fix
Delete them if nothing else needs them.

## References
- RFC 9989 section 4.10 step 2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import own_step
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.dmarc_text import near_miss

RULE = Rule(
    "DMARC021",
    "A TXT record at _dmarc has nothing to do with DMARC",
    Severity.INFO,
    "dmarc",
    ("RFC 9989 section 4.10 step 2",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a note for each such record."""
    own = own_step(facts)
    for text in own.other_txt[:10]:
        if near_miss(text):
            continue
        name = own.lookup.name
        wildcard = " (an SPF record: it must come from a wildcard)" if text.startswith("v=spf1") else ""
        yield report(
            RULE,
            facts.domain,
            f"{name} holds a TXT record that is not DMARC{wildcard}: {text[:60]!r}.",
            location=Location(name, "TXT", text, 0, len(text)),
            fix=None
            if wildcard
            else Fix("Delete it if nothing needs it.", (FixRecord(name, "TXT", text, action="remove"),)),
        )
