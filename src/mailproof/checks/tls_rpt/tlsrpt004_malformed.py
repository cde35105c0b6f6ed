"""The TLS reporting record is malformed

## What it checks
The grammar of the record: fields as name=value, separated by single semicolons, with at least one rua
that can be used.

## Why it matters
Senders ignore a record that they cannot read, and send no reports.

## How to fix
Write `v=TLSRPTv1; rua=mailto:` and an address.

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.tls_rpt._facts import at, corrected, record_of
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    found, record = record_of(facts)
    for problem in record.problems:
        if problem.fatal:
            report(
                f"The record at {found.lookup.name} cannot be used: {problem.message}.",
                location=at(found, record.text, problem.start, problem.end),
                fix=corrected(found, record.text),
            )
