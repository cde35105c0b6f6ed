"""The DMARC record stands at the wrong name

## What it checks
DMARC records at the domain itself, at `dmarc.<domain>` without the underscore, and at
`_dmarc.<domain>.<domain>`, which a panel makes that appends the domain to what was typed.

## Why it matters
Receivers ask for `_dmarc.<domain>` and nothing else: a record anywhere else is never seen.

## How to fix
Publish the same text at `_dmarc.<domain>`; in most panels the name to type is `_dmarc`.

## References
- RFC 9989 section 4.5
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import own_step, walked
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.dmarc import is_dmarc
from mailproof.records.dmarc_text import near_miss, repaired

RULE = Rule(
    "DMARC022",
    "The DMARC record stands at the wrong name",
    Severity.ERROR,
    "dmarc",
    ("RFC 9989 section 4.5",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each misplaced record: an error where no record applies, else milder."""
    dmarc = walked(facts)
    own = own_step(facts)
    places = [(facts.domain, text) for text in dmarc.apex_records]
    places.extend(
        (lookup.name, text)
        for lookup in dmarc.misplaced
        for text in lookup.records
        if is_dmarc(text) or near_miss(text)
    )
    for name, text in places:
        records = [FixRecord(name, "TXT", text, action="remove")]
        if not own.records:
            records.append(FixRecord(own.lookup.name, "TXT", repaired(text)))
        yield report(
            RULE,
            facts.domain,
            f"A DMARC record stands at {name}, where no receiver looks; it belongs at {own.lookup.name}.",
            location=Location(name, "TXT", text),
            fix=Fix(
                "Move it." if not own.records else "Delete it: there is one at the right name.",
                tuple(records),
            ),
            severity=Severity.INFO if own.records else None if dmarc.record is None else Severity.WARNING,
        )
