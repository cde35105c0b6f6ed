"""DMARC: missing semicolon

## What it checks
The separators between tags. The rule fires where a tag's value runs on into the next tag because there is
no semicolon between them.

## Why it matters
`v=DMARC1 p=reject` is one tag with a wrong version, so it is no DMARC record. `p=none rua=mailto:…` is an
invalid policy, and no report address.

## How to fix
Put a semicolon between the tags.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1 p=reject rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.8 (dmarc-sep)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import near_misses, own_step, repaired_text, severity_of
from mailproof.model import DmarcStep, Location, Severity
from mailproof.records.dmarc_text import swallowed
from mailproof.records.tags import value_span


@declare(Severity.ERROR, own_step)
def check(own: DmarcStep, report: Reporter) -> None:
    for text, _ in near_misses(own, "missing-semicolon"):
        _report(report, own, text, text.upper().find("DMARC1") + len("DMARC1"))
    if own.record is None or not own.record.problems:
        return
    for tag in own.record.tags:
        if place := swallowed(own.record, tag):
            _report(report, own, own.record.text, value_span(tag)[0] + place)
            return


def _report(report: Reporter, own: DmarcStep, text: str, end: int) -> None:
    before = text[:end].rstrip(" \t,:|")
    after = min(max(end, len(before) + 1), len(text))
    otherwise = "Put a semicolon between all tags, and publish the record again."
    report(
        f"The record at {own.lookup.name} has no semicolon after {before[-40:]!r}.",
        location=Location(own.lookup.name, "TXT", text, len(before), after),
        fix=repaired_text(own, text, "Publish the record with a semicolon after each tag.", otherwise),
        severity=severity_of(own, text),
    )
