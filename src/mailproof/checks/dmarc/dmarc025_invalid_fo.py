"""DMARC: invalid failure options (fo=)

## What it checks
The value of `fo` beside `ruf`. It is valid with `0` or `1` (not both), `d` and `s`, each at most once,
separated by colons.

## Why it matters
Receivers fall back to `fo=0`. It is no reason to ignore the record, though some tools say so.

## How to fix
Write, for example, `fo=1:d:s`.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; fo=0,1,d; ruf=mailto:d@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; fo=1:d:s; ruf=mailto:d@acme.example"

## References
- RFC 9989 sections 4.7 (fo) and 4.8 (dmarc-fo)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, faults
from mailproof.model import Severity, TagProblem


@declare(
    Severity.WARNING, each=faults, codes="invalid-fo", because_of="DMARC004 DMARC005", consequence="reports"
)
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    if found.record.tag("ruf") is None:
        return  # it has no effect, and DMARC024 says so
    unclear = "Write fo=1 for a report on each failure, or remove fo=."
    report(
        f"At {found.name}, {problem.message}.",
        location=found.at(problem),
        fix=found.repair("Publish the record with colons between the options.", problem, unclear),
    )
