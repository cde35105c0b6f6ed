"""Several TLS reporting records

## What it checks
Whether more than one TXT record at `_smtp._tls.<domain>` begins with `v=TLSRPTv1;`.

## Why it matters
Senders then act as if there were none, and send no reports.

## How to fix
Put all destinations into one record, separated by commas.

## References
- RFC 8460 section 3
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.tls_rpt._facts import at, first_record, reporting
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Rule, Severity
from mailproof.records.tls_rpt import is_usable, parse_tls_rpt

RULE = Rule("TLSRPT002", "Several TLS reporting records", Severity.ERROR, "tls_rpt", ("RFC 8460 section 3",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where there is more than one record."""
    found = reporting(facts)
    if len(found.records) < 2:
        return
    name = found.lookup.name
    uris = [uri.text for text in found.records for uri in parse_tls_rpt(text).rua if is_usable(uri)]
    old = tuple(FixRecord(name, "TXT", text, action="remove") for text in found.records)
    one = FixRecord(name, "TXT", first_record(facts.domain, tuple(dict.fromkeys(uris))[:10]))
    yield report(
        RULE,
        facts.domain,
        f"{name} has {len(found.records)} TLS reporting records, so senders use none.",
        location=at(found, found.records[1]),
        evidence=tuple(f"{name} TXT {text}" for text in found.records[:10]),
        fix=Fix("Publish one record with all destinations.", (*old, one)),
    )
