"""A semicolon is missing

## What it checks
Whether one tag's value swallows the next tag, because there is no semicolon between them.

## Why it matters
`v=DMARC1 p=reject` has one tag with a wrong version, so it is no DMARC record; `p=none rua=...` has an
invalid policy and no report address.

## How to fix
Put a semicolon between the tags.

## References
- RFC 9989 section 4.8 (dmarc-sep)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import near_misses, own_step, repaired_text, severity_of
from mailproof.model import DmarcStep, DomainFacts, Location, Severity
from mailproof.records.dmarc_text import swallowed
from mailproof.records.tags import value_span

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    own = own_step(facts)
    for text, _ in near_misses(own, "missing-semicolon"):
        _report(report, own, text, text.upper().find("DMARC1") + len("DMARC1"))
    if own.record is None:
        return
    for tag in own.record.tags:
        if place := swallowed(own.record, tag):
            _report(report, own, own.record.text, value_span(tag)[0] + place)
            return


def _report(report: Reporter, own: DmarcStep, text: str, end: int) -> None:
    before = text[:end].rstrip(" \t,:|")
    report(
        f"A semicolon is missing in the record at {own.lookup.name}, after {before[-40:]!r}.",
        location=Location(
            own.lookup.name, "TXT", text, len(before), min(max(end, len(before) + 1), len(text))
        ),
        fix=repaired_text(
            own,
            text,
            "Publish the record with semicolons.",
            "Publish the record with a semicolon between all tags.",
        ),
        severity=severity_of(own, text),
    )
