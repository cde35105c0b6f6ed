"""A TXT record was meant for TLS reporting and is not taken for it

## What it checks
TXT records at `_smtp._tls.<domain>` that look like TLS reporting records but do not begin with exactly
`v=TLSRPTv1;`: other capitals, quotes or backslashes pasted in, characters before v=, a missing semicolon.

## Why it matters
Senders throw such records away and send no reports.

## How to fix
Begin the record with `v=TLSRPTv1;`, followed by rua.

## References
- RFC 8460 section 3
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.tls_rpt._facts import at, first_record, reporting
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Rule, Severity
from mailproof.records.policy_text import NEAR_MISS_WORDS, near_miss, repaired
from mailproof.records.tls_rpt import parse_tls_rpt

RULE = Rule(
    "TLSRPT003",
    "A TXT record was meant for TLS reporting and is not taken for it",
    Severity.ERROR,
    "tls_rpt",
    ("RFC 8460 section 3",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each text that was meant as a record and is none."""
    found = reporting(facts)
    for text in found.other_txt:
        kind = near_miss(text, "TLSRPTv1")
        if not kind:
            continue
        name = found.lookup.name
        wanted = repaired(text, "TLSRPTv1", ("rua",))
        if not parse_tls_rpt(wanted).valid:
            wanted = first_record(facts.domain)
        records = [FixRecord(name, "TXT", text, action="remove")]
        if not found.records:
            records.append(FixRecord(name, "TXT", wanted))
        yield report(
            RULE,
            facts.domain,
            f"The record at {name} is not taken for TLS reporting: {NEAR_MISS_WORDS[kind]}.",
            location=at(found, text),
            fix=Fix("Publish the record in the form that senders read.", tuple(records)),
        )
