"""TLS-RPT: invalid report destination

## What it checks
Each destination in rua: a mailto or https URI, with commas, semicolons and exclamation marks inside it
percent-encoded.

## Why it matters
Sending servers skip a destination that they can't read, and its reports don't arrive.

## How to fix
Write each as `mailto:user@domain` or `https://host/path`, separated by commas.

## Example
Before:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls@acme.example,http://reports.example/v1"

After:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls@acme.example,https://reports.example/v1"

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.published import Published
from mailproof.checks.tls_rpt._facts import corrected, record_of
from mailproof.model import Severity, TlsRptRecord


@declare(Severity.WARNING, record_of)
def check(found: Published[TlsRptRecord], report: Reporter) -> None:
    for problem in found.problems("bad-uri", "unsupported-scheme", "too-many-uris"):
        report(
            f"At {found.name}, {problem.message}.",
            location=found.at(problem),
            fix=corrected(found.lookup, report.subject, found.record.text),
        )
