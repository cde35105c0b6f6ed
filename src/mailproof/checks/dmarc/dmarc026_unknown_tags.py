"""The record has tags that DMARC does not know

## What it checks
Tag names that are not registered for DMARC, among them known names in capitals: tag names are case-
sensitive.

## Why it matters
Receivers must ignore them, so a misspelt tag has no effect and no one says so.

## How to fix
Correct the name, or take the tag out.

## References
- RFC 9989 section 4.7
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import DomainFacts, Finding, Rule, Severity
from mailproof.records.dmarc import KNOWN_TAGS
from mailproof.records.dmarc_text import render

RULE = Rule(
    "DMARC026",
    "The record has tags that DMARC does not know",
    Severity.INFO,
    "dmarc",
    ("RFC 9989 section 4.7",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a note for each, with the tag that was probably meant; one record mends all of them."""
    found = applied(facts)
    unknown = {problem.start for problem in found.problems("unknown-tag")}
    meant = {tag.name: _meant(found, tag.name) for tag in found.record.tags if tag.start in unknown}
    pairs = (
        (meant.get(tag.name, tag.name), tag.value)
        for tag in found.record.tags
        if meant.get(tag.name, tag.name)
    )
    fix = found.publish("Correct the names, or leave the tags out.", render(pairs)) if meant else None
    for tag in found.record.tags:
        if tag.start not in unknown:
            continue
        close = meant[tag.name]
        hint = f"; {close}= may have been meant" if close else ""
        yield report(
            RULE,
            facts.domain,
            f"{tag.name[:40]}= at {found.name} is not a DMARC tag and is ignored{hint}.",
            location=found.at(tag.start, tag.end),
            fix=fix,
            severity=Severity.WARNING if close else None,
        )


def _meant(found: Applied, name: str) -> str:
    """The known tag, not written yet, that the name is nearest to; "" where there is none."""
    free = [known for known in KNOWN_TAGS if known != "v" and found.record.tag(known) is None]
    close = get_close_matches(name.lower()[:20], free, 1, 0.7)
    return close[0] if close else ""
