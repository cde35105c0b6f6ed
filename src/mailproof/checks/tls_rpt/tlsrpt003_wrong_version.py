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

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mistaken import mistaken
from mailproof.checks.tls_rpt._facts import corrected, reporting
from mailproof.model import DomainFacts, Severity
from mailproof.records.tls_rpt import TLS_RPT

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = reporting(facts)
    for text in found.other_txt:
        fix, beside = corrected(found, text), bool(found.records)
        mistaken(report, facts, found.lookup, text, TLS_RPT, "TLS reporting", fix, beside=beside)
