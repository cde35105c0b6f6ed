"""TLS-RPT: several records

## What it checks
The TXT records at `_smtp._tls.<domain>` that begin with `v=TLSRPTv1;`. The rule fires where there is more
than one.

## Why it matters
Sending servers then act as if there were none, and send no reports.

## How to fix
Put all destinations into one record, separated by commas.

## Example
Before:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls@acme.example"
    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=https://reports.example/acme"

After:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls@acme.example,https://reports.example/acme"

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.publishing import replaced
from mailproof.checks.tls_rpt._facts import reporting
from mailproof.model import Fix, Location, Severity, TlsRptFacts
from mailproof.records.tag_repair import repaired
from mailproof.records.tls_rpt import TLS_RPT, is_usable, parse_tls_rpt


@declare(Severity.WARNING, reporting)
def check(found: TlsRptFacts, report: Reporter) -> None:
    if len(found.records) < 2:
        return
    name = found.lookup.name
    texts = found.records[:10]
    uris = dict.fromkeys(uri.text for text in texts for uri in parse_tls_rpt(repaired(text, TLS_RPT)).rua)
    fix = Fix("Publish one record with all destinations, and remove the others.")
    one = f"v=TLSRPTv1; rua={','.join(uris)}"
    if len(texts) == len(found.records) and uris and all(map(is_usable, parse_tls_rpt(one).rua)):
        fix = replaced(found.lookup, report.subject, "Publish one record with all destinations.", texts, one)
    report(
        f"{name} has {len(found.records)} TLS-RPT records, so senders use none of them.",
        location=Location(name, "TXT", found.records[1]),
        evidence=tuple(f"{name} TXT {text}" for text in texts),
        fix=fix,
    )
