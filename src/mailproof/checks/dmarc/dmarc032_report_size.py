"""DMARC: size limit on a report address

## What it checks
The addresses in `rua` and `ruf`. The rule fires where one ends in a size, such as `!10m`.

## Why it matters
RFC 9989 removed the limit: receivers that follow it ignore the size, older ones act on it. Some programs
take it for a part of the address.

## How to fix
Nothing has to be done. Remove the size if the mailbox can take reports of any size.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example!10m"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.8 (obs-dmarc-report-size)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, faults
from mailproof.model import Severity, TagProblem


@declare(Severity.INFO, each=faults, codes="obsolete-size")
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    report(f"At {found.name}, {problem.message}.", location=found.at(problem))
