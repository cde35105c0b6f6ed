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
from mailproof.checks.publishing import replaced
from mailproof.checks.tls_rpt._facts import at, corrected, reporting
from mailproof.model import DomainFacts, Fix, Severity
from mailproof.records.meant import NEAR_MISS_WORDS, near_miss
from mailproof.records.misplaced import alias_target
from mailproof.records.tls_rpt import TLS_RPT

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = reporting(facts)
    name = found.lookup.name
    for text in found.other_txt:
        kind = near_miss(text, TLS_RPT)
        target = alias_target(text)
        if kind and found.records:
            summary = "Remove it: there is a valid record beside it."
            fix = replaced(found.lookup, facts.domain, summary, (text,), "", "improvement")
        elif kind:
            fix = corrected(found, text)
        elif target:
            fix = Fix(f"Publish a CNAME from {name} to {target} in place of the TXT record.")
        else:
            continue
        why = (
            NEAR_MISS_WORDS[kind]
            if kind
            else f"it is the host name {target}, which belongs in a CNAME record"
        )
        report(
            f"The record at {name} is not taken for TLS reporting: {why}.",
            location=at(found, text),
            fix=fix,
            severity=Severity.INFO if found.records else None,
        )
