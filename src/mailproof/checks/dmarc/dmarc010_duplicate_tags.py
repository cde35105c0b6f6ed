"""DMARC: duplicate tag

## What it checks
The names of the tags. The rule fires where one appears more than once.

## Why it matters
Under the tag-list rules that DMARC takes from DKIM, such a list is invalid as a whole. Some receivers use
the first tag, some the last, and some ignore the record.

## How to fix
Keep one of them. Merge two lists of report addresses into one. Of two different values, keep the one you
want.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example; p=reject"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 6376 section 3.2
- RFC 9989 sections 4.7 and 4.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity


@declare(Severity.ERROR, applied)
def check(found: Applied, report: Reporter) -> None:
    twice = list(found.problems("duplicate-tag"))
    for problem in twice:
        if found.record.text[problem.start] in "vV" and len(twice) > 1:
            continue  # another whole record was pasted after it: only differences are reported
        unclear = "The two values differ: keep the one you want, and remove the other."
        report(
            f"In the record at {found.name}, {problem.message}: receivers don't agree on which one counts.",
            location=found.at(problem),
            fix=found.repair("Publish each tag once, with all report addresses.", problem, unclear),
        )
