"""DMARC: syntax error in the record

## What it checks
The parts between semicolons. The rule fires where one is not `name=value`, is empty, or has characters
outside printable ASCII.

## Why it matters
Receivers on RFC 9989 skip the broken part and read on. Others may ignore the whole record.

## How to fix
Write the part as `name=value`, or remove it.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; all;; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity

_CODES = "empty-tag no-equals bad-name control-character non-ascii too-many-tags version-case"


@declare(Severity.WARNING, applied, because_of="DMARC004 DMARC005", consequence="tidy")
def check(found: Applied, report: Reporter) -> None:
    seen: set[str] = set()
    for problem in found.problems(*_CODES.split()):
        stray = "".join(char for char in found.record.text[problem.start : problem.end] if char > "~")
        if (stray or problem.message) in seen:
            continue  # repetitions like ";;;" are one finding with one fix
        seen.add(stray or problem.message)
        otherwise = "Write this part as name=value, or remove it."
        report(
            f"The record at {found.name} has a syntax error: {problem.message}.",
            location=found.at(problem),
            fix=found.repair("Publish the corrected record.", problem, otherwise),
        )
