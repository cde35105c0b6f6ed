"""The MTA-STS record is malformed

## What it checks
The grammar of the record: an `id` of 1 to 32 letters and digits, each field as name=value, separated by
single semicolons.

## Why it matters
Senders treat a malformed record as none, and go on without MTA-STS. A hyphen or colon in the id, as in a
written date, is the common fault.

## How to fix
Write `v=STSv1; id=` and letters or digits only, such as the date and time of the last change.

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import announced, at_record, record_of
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, record = record_of(facts)
    for problem in record.problems:
        if problem.fatal:
            report(
                f"The record at {sts.lookup.name} cannot be used: {problem.message}.",
                location=at_record(sts, record.text, problem.start, problem.end),
                fix=announced(sts, record.text),
            )
