"""TLS-RPT: syntax error in the record

## What it checks
The syntax of the record: fields as name=value, separated by single semicolons, with at least one usable
rua.

## Why it matters
Sending servers ignore a record that they can't read, and send no reports.

## How to fix
Write `v=TLSRPTv1; rua=mailto:` and an address.

## Example
Before:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; mailto:tls-reports@acme.example"

After:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls-reports@acme.example"

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.tls_rpt._facts import at, corrected, record_of
from mailproof.model import Severity, TlsRptFacts, TlsRptRecord


@declare(Severity.WARNING, record_of, because_of=("TLSRPT005",))
def check(given: tuple[TlsRptFacts, TlsRptRecord], report: Reporter) -> None:
    found, record = given
    for problem in record.problems:
        if problem.fatal:
            report(
                f"Senders can't use the record at {found.lookup.name}: {problem.message}.",
                location=at(found, record.text, problem.start, problem.end),
                fix=corrected(found, record.text),
            )
