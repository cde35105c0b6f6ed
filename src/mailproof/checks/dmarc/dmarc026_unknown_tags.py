"""DMARC: unknown tags

## What it checks
Tag names that are not registered for DMARC. Known names in capitals are among them: tag names are
case-sensitive.

## Why it matters
Receivers must ignore unknown tags, so a misspelt one has no effect, and no error shows it.

## How to fix
Correct the name, or remove the tag.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; adkm=s; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; adkim=s; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, faults
from mailproof.model import Severity, TagProblem
from mailproof.records.dmarc import REMOVED_TAGS
from mailproof.records.dmarc_text import corrected_name, rewritten


@declare(Severity.INFO, each=faults, codes="unknown-tag")
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    tag = next(tag for tag in found.record.tags if tag.start == problem.start)
    close = corrected_name(found.record, tag)
    hint = f" (probably meant: {close}=)" if close else ""
    fix = found.repair(f"Write {close}= instead.", problem, "Correct the name of the tag, or remove it.")
    if close in REMOVED_TAGS:
        hint = f" (probably meant: {close}=, which RFC 9989 removed)"
        words = "Remove it, which changes nothing; or add t=y if receivers are to be one level softer."
        fix = found.next_step(words, rewritten(found.record, drop=(tag.name,)))
    report(
        f"The record at {found.name} has an unknown tag, which receivers ignore: {tag.name[:40]}={hint}.",
        location=found.at(tag),
        fix=fix,
        severity=Severity.WARNING if close else None,
    )
