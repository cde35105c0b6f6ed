"""A TXT record was meant for BIMI and is not taken for it

## What it checks
TXT records at `<selector>._bimi.<domain>` that look like BIMI records but do not begin with `v=BIMI1;`:
quotes or backslashes pasted in, characters before v=, a missing semicolon.

## Why it matters
Receivers throw such records away, and show no logo.

## How to fix
Begin the record with `v=BIMI1;`, followed by l= and a=.

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, report
from mailproof.checks.bimi._facts import looked_up
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.bimi import KNOWN_TAGS, parse_bimi
from mailproof.records.policy_text import NEAR_MISS_WORDS, near_miss, repaired

RULE = Rule(
    "BIMI002",
    "A TXT record was meant for BIMI and is not taken for it",
    Severity.ERROR,
    "bimi",
    ("draft-brand-indicators-for-message-identification section 4.2",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each text that was meant as a record and is none."""
    seen = False
    for selector in looked_up(facts):
        seen = seen or bool(selector.records or selector.other_txt)
        for text in selector.other_txt:
            kind = near_miss(text, "BIMI1")
            if not kind:
                continue
            name = next(
                (each.name for each in selector.lookups if text in each.records), selector.lookups[0].name
            )
            wanted = repaired(text, "BIMI1", KNOWN_TAGS[1:])
            records: tuple[FixRecord, ...] = (FixRecord(name, "TXT", text, action="remove"),)
            if not selector.records and parse_bimi(wanted).valid:
                records = (*records, FixRecord(name, "TXT", wanted))
            yield report(
                RULE,
                facts.domain,
                f"The record at {name} is not taken for BIMI: {NEAR_MISS_WORDS[kind]}.",
                location=Location(name, "TXT", text),
                fix=Fix("Publish the record in the form that receivers read.", records),
            )
    if not seen:
        raise NotApplicable("no BIMI record")
