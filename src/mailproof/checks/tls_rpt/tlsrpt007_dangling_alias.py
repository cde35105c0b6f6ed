"""TLS-RPT: dangling CNAME at _smtp._tls

## What it checks
A CNAME at `_smtp._tls.<domain>`. The rule fires where its target has no TXT record, or only other ones.

## Why it matters
No reports arrive, although the panel shows an entry. If anyone can register the target, its new owner can
receive your reports.

## How to fix
Ask the provider to publish the record at the target, or replace the CNAME by a record of your own.

## Example
Before:

    _smtp._tls.acme.example. CNAME acme._tls.provider.example.
    provider.example. A 192.0.2.1

After:

    _smtp._tls.acme.example. CNAME acme._tls.provider.example.
    acme._tls.provider.example. TXT "v=TLSRPTv1; rua=mailto:acme@provider.example"
    provider.example. A 192.0.2.1

## References
- RFC 8460 section 3
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mistaken import dangling
from mailproof.checks.tls_rpt._facts import reporting
from mailproof.model import Severity, TlsRptFacts
from mailproof.records.tls_rpt import TLS_RPT


@declare(Severity.WARNING, reporting, because_of="DNS021 DNS023")
def check(found: TlsRptFacts, report: Reporter) -> None:
    otherwise = "replace the CNAME by a TXT record with a mailbox that you read"
    dangling(report, found.lookup, TLS_RPT, otherwise)
