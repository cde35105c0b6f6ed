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
from mailproof.checks.published import Published
from mailproof.checks.tls_rpt._facts import corrected, record_of
from mailproof.model import Severity, TlsRptRecord


@declare(Severity.WARNING, record_of, because_of="TLSRPT005")
def check(found: Published[TlsRptRecord], report: Reporter) -> None:
    for problem in found.record.problems:
        if problem.fatal:
            report(
                f"Senders can't use the record at {found.name}: {problem.message}.",
                location=found.at(problem),
                fix=corrected(found.lookup, report.subject, found.record.text),
            )
