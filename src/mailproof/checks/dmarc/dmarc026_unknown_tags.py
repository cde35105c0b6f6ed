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
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity
from mailproof.records.dmarc import KNOWN_TAGS
from mailproof.records.dmarc_text import render, rewritten

RULE = Rule(
    "DMARC026",
    "The record has tags that DMARC does not know",
    Severity.INFO,
    "dmarc",
    ("RFC 9989 section 4.7",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a note for each, with the tag that was probably meant."""
    found = applied(facts)
    for problem in found.problems("unknown-tag"):
        tag = next(tag for tag in found.record.tags if tag.start == problem.start)
        close = get_close_matches(tag.name.lower()[:20], [name for name in KNOWN_TAGS if name != "v"], 1, 0.7)
        hint = f"; {close[0]}= may have been meant" if close else ""
        yield report(
            RULE,
            facts.domain,
            f"{tag.name[:40]}= at {found.name} is not a DMARC tag and is ignored{hint}.",
            location=found.at(tag.start, tag.end),
            evidence=(found.record.text,),
            fix=_fix(found, tag.name, close[0] if close else ""),
            severity=Severity.WARNING if close else None,
        )


def _fix(found: Applied, name: str, meant: str) -> Fix:
    if meant and found.record.tag(meant) is None:
        pairs = ((meant if tag.name == name else tag.name, tag.value) for tag in found.record.tags)
        return found.publish(f"Write {meant}=.", render(pairs))
    return found.publish("Leave it out.", rewritten(found.record, drop=(name,)))
