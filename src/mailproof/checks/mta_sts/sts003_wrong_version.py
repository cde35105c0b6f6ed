"""A TXT record was meant for MTA-STS and is not taken for it

## What it checks
TXT records at `_mta-sts.<domain>` that look like MTA-STS records but do not begin with exactly
`v=STSv1;`: other capitals, quotes or backslashes pasted in, characters before v=, a missing semicolon.

## Why it matters
Senders throw such records away, and the domain has no MTA-STS.

## How to fix
Begin the record with `v=STSv1;`, followed by the id.

## References
- RFC 8461 section 3.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.mta_sts._facts import at_record, sts_of
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Rule, Severity
from mailproof.records.mta_sts import parse_sts_record
from mailproof.records.policy_text import NEAR_MISS_WORDS, near_miss, repaired

RULE = Rule(
    "STS003",
    "A TXT record was meant for MTA-STS and is not taken for it",
    Severity.ERROR,
    "mta_sts",
    ("RFC 8461 section 3.1",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each text that was meant as a record and is none."""
    sts = sts_of(facts)
    for text in sts.other_txt:
        kind = near_miss(text, "STSv1")
        if not kind:
            continue
        name = sts.lookup.name
        wanted = repaired(text, "STSv1", ("id",))
        if not parse_sts_record(wanted).valid:
            wanted = "v=STSv1; id=1"
        records = [FixRecord(name, "TXT", text, action="remove")]
        if not sts.records:
            records.append(FixRecord(name, "TXT", wanted))
        yield report(
            RULE,
            facts.domain,
            f"The record at {name} is not taken for MTA-STS: {NEAR_MISS_WORDS[kind]}.",
            location=at_record(sts, text),
            fix=Fix("Publish the record in the form that senders read.", tuple(records)),
        )
