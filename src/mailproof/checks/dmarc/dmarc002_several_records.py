"""Several DMARC records at one name

## What it checks
Whether a name on the tree walk holds more than one TXT record that begins with `v=DMARC1`.

## Why it matters
Receivers discard all of them, as if none were there: the walk goes on to the name above, where another
policy or none is found.

## How to fix
Keep one record. Where each has something the other lacks, merge them by hand and delete the rest.

## References
- RFC 9989 section 4.10 steps 2 and 6
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import own_step, walked
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.dmarc import parse_dmarc
from mailproof.records.dmarc_text import merged

RULE = Rule(
    "DMARC002",
    "Several DMARC records at one name",
    Severity.ERROR,
    "dmarc",
    ("RFC 9989 section 4.10 steps 2 and 6",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each name of the walk with more than one record."""
    dmarc = walked(facts)
    own_step(facts)
    for step in dmarc.walk.steps:
        if len(step.records) < 2:
            continue
        name = step.lookup.name
        value = merged(parse_dmarc(text) for text in step.records[:10])
        outdated = tuple(
            FixRecord(name, "TXT", text, action="remove") for text in step.records[:10] if text != value
        )
        yield report(
            RULE,
            facts.domain,
            f"{name} holds {len(step.records)} DMARC records, so receivers ignore all of them.",
            location=Location(name, "TXT", step.records[0]),
            evidence=step.records[:10],
            fix=Fix(
                "Publish one record; check the merged one before you do.",
                (*outdated, FixRecord(name, "TXT", value)),
            ),
            severity=Severity.ERROR if step.name == dmarc.domain else Severity.WARNING,
        )
