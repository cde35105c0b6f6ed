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

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc_text import meant_name

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A note for each, a warning where a tag was misspelt; one record repairs all of them."""
    found = applied(facts)
    for problem in found.problems("unknown-tag"):
        tag = next(tag for tag in found.record.tags if tag.start == problem.start)
        close = meant_name(found.record, tag)
        hint = f"; {close}= was meant" if close else ""
        report(
            f"{tag.name[:40]}= at {found.name} is not a DMARC tag and is ignored{hint}.",
            location=found.at(tag.start, tag.end),
            fix=found.repair(
                f"Write it as {close}=.",
                problem,
                "Correct the name of the tag, or leave it out where nothing was meant by it.",
            ),
            severity=Severity.WARNING if close else None,
        )
