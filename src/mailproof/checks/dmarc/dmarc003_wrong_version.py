"""The record does not begin with v=DMARC1

## What it checks
TXT records at `_dmarc.<domain>` that were meant as DMARC records and are none: `v=dmarc1` in another
case, another version, `v` not first, or a space before it.

## Why it matters
`DMARC1` is case-sensitive and must come first. A record without it is not a DMARC record, and receivers
act as if there were none.

## How to fix
Publish the record with `v=DMARC1;` as its first characters.

## References
- RFC 9989 sections 4.7 (v) and 4.8
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import near_misses, own_step
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.dmarc_text import repaired

RULE = Rule(
    "DMARC003",
    "The record does not begin with v=DMARC1",
    Severity.ERROR,
    "dmarc",
    ("RFC 9989 sections 4.7 (v) and 4.8",),
)


_WHY = {
    "case": "the value of v must be DMARC1 in capitals",
    "version": "the only version is v=DMARC1",
    "order": "v=DMARC1 must be the first tag",
    "leading-space": "nothing may stand before v=DMARC1",
}


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each near miss at the domain's own name."""
    own = own_step(facts)
    for text, kind in near_misses(own, "case", "version", "order", "leading-space"):
        name = own.lookup.name
        yield report(
            RULE,
            facts.domain,
            f"Receivers ignore the record at {name}: {_WHY[kind]}.",
            location=Location(name, "TXT", text, 0, min(len(text), text.find(";") if ";" in text else 20)),
            fix=Fix(
                "Replace it." if not own.records else "Delete it: a valid record stands beside it.",
                (
                    FixRecord(name, "TXT", text, action="remove"),
                    *(() if own.records else (FixRecord(name, "TXT", repaired(text)),)),
                ),
            ),
            severity=Severity.INFO if own.record is not None else None,
        )
