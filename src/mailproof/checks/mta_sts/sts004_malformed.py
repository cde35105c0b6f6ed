"""MTA-STS: syntax error in the record

## What it checks
The syntax of the record: an `id` of 1 to 32 letters and digits, and fields as name=value, separated by
single semicolons.

## Why it matters
Sending servers ignore a malformed record and deliver without MTA-STS. A common fault is a date with hyphens
or colons as the id.

## How to fix
Write `v=STSv1; id=` and letters or digits only, such as the date and time of the last change.

## Example
Before:

    _mta-sts.acme.example. TXT "v=STSv1; id=2026-11-01T12:00:00"

After:

    _mta-sts.acme.example. TXT "v=STSv1; id=20261101T120000"

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import announced, record_of, sts_of
from mailproof.checks.published import Published
from mailproof.model import DomainFacts, Severity, StsRecord


@declare(Severity.WARNING, record_of)
def check(facts: DomainFacts, found: Published[StsRecord], report: Reporter) -> None:
    for problem in found.record.problems:
        if problem.fatal:
            report(
                f"Senders can't use the record at {found.name}: {problem.message}.",
                location=found.at(problem),
                fix=announced(sts_of(facts), found.record.text),
            )
