"""TLS-RPT: record doesn't begin with v=TLSRPTv1

## What it checks
TXT records at `_smtp._tls.<domain>` that look like TLS-RPT records but don't begin with exactly
`v=TLSRPTv1;`: another case, pasted quotes or backslashes, characters before v=, a missing semicolon, or
just a host name, which was meant as a CNAME.

## Why it matters
Sending servers ignore such a record, and send no reports.

## How to fix
Begin the record with `v=TLSRPTv1;`, followed by rua.

## Example
Before:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1 rua=mailto:tls-reports@acme.example"

After:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls-reports@acme.example"

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mistaken import report_mistaken
from mailproof.checks.tls_rpt._facts import corrected, reporting
from mailproof.model import DomainFacts, Severity, TlsRptFacts
from mailproof.records.tls_rpt import TLS_RPT


@declare(Severity.WARNING, reporting)
def check(facts: DomainFacts, found: TlsRptFacts, report: Reporter) -> None:
    for text in found.other_txt:
        fix, beside = corrected(found.lookup, facts.domain, text), bool(found.records)
        report_mistaken(report, facts, found.lookup, text, TLS_RPT, "TLS-RPT", fix, beside=beside)
