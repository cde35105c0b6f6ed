"""A semicolon is missing

## What it checks
Whether one tag's value swallows the next tag, because no semicolon stands between them.

## Why it matters
`v=DMARC1 p=reject` has one tag with a wrong version, so it is no DMARC record; `p=none rua=...` has an
invalid policy and no report address.

## How to fix
Put a semicolon between the tags.

## References
- RFC 9989 section 4.8 (dmarc-sep)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import near_misses, own_step
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.dmarc_text import repaired

RULE = Rule(
    "DMARC005", "A semicolon is missing", Severity.ERROR, "dmarc", ("RFC 9989 section 4.8 (dmarc-sep)",)
)


_SWALLOWED = re.compile(r"[ \t,]+(?:adkim|aspf|fo|np|p|pct|psd|rf|ri|rua|ruf|sp|t)[ \t]?=")


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each place where a semicolon must have been meant."""
    own = own_step(facts)
    name = own.lookup.name
    for text, _ in near_misses(own, "missing-semicolon"):
        yield _finding(facts.domain, name, text, len("v=DMARC1"), len("v=DMARC1") + 1)
    if own.record is None:
        return
    for tag in own.record.tags:
        value_start = tag.end - len(tag.value)
        if found := _SWALLOWED.search(tag.value[:2000]):
            start, end = value_start + found.start(), value_start + found.end()
            yield _finding(facts.domain, name, own.record.text, start, end)
            return


def _finding(domain: str, name: str, text: str, start: int, end: int) -> Finding:
    return report(
        RULE,
        domain,
        f"A semicolon is missing in the record at {name}, after {text[:start][-40:]!r}.",
        location=Location(name, "TXT", text, start, end),
        fix=Fix(
            "Replace it by the record with semicolons.",
            (FixRecord(name, "TXT", text, action="remove"), FixRecord(name, "TXT", repaired(text))),
        ),
    )
