"""TLS-RPT: report address can't receive mail

## What it checks
The domain of each mailto destination. The rule fires where it can't take mail: it doesn't exist, has a null
MX, or has neither an MX nor an address.

## Why it matters
The reports bounce, and no error reaches you.

## How to fix
Use a mailbox that you read, or set up mail for its domain.

## Example
Before:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls@parked.example"
    parked.example. MX 0 .

After:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls@acme.example"
    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25

## References
- RFC 8460 section 3
- RFC 7505
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.published import Published
from mailproof.checks.tls_rpt._facts import record_of, reporting
from mailproof.model import DomainFacts, Severity, TlsRptRecord


@declare(Severity.WARNING, record_of)
def check(facts: DomainFacts, found: Published[TlsRptRecord], report: Reporter) -> None:
    for destination in reporting(facts).destinations:
        if destination.takes_mail is None:
            report.unanswered(destination.lookup)
        if destination.takes_mail is not False:
            continue
        uri = next((uri for uri in found.record.rua if uri.text == destination.uri), None)
        report(
            f"TLS reports for {report.subject} go to {destination.uri}, but {destination.domain} takes no "
            "mail.",
            location=found.at(uri),
            evidence=(destination.lookup.describe(), *destination.lookup.records[:3]),
            fix=f"Use a mailbox that you read in rua=, or set up mail for {destination.domain}.",
        )
