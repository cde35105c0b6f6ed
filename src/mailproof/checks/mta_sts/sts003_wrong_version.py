"""A TXT record was meant for MTA-STS and is not taken for it

## What it checks
TXT records at `_mta-sts.<domain>` that look like MTA-STS records but do not begin with exactly
`v=STSv1;`: other capitals, quotes or backslashes pasted in, characters before v=, a missing semicolon.

## Why it matters
Senders throw such records away, and the domain has no MTA-STS.

## How to fix
Begin the record with `v=STSv1;`, followed by the id.

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import announced, at_record, sts_of
from mailproof.checks.publishing import replaced
from mailproof.model import DomainFacts, Fix, Severity
from mailproof.records.meant import NEAR_MISS_WORDS, near_miss
from mailproof.records.misplaced import alias_target
from mailproof.records.mta_sts import STS

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts = sts_of(facts)
    name = sts.lookup.name
    for text in sts.other_txt:
        kind = near_miss(text, STS)
        target = alias_target(text)
        if kind and sts.records:
            summary = "Remove it: there is a valid record beside it."
            fix = replaced(sts.lookup, facts.domain, summary, (text,), "", "improvement")
        elif kind:
            fix = announced(sts, text)
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
            f"The record at {name} is not taken for MTA-STS: {why}.",
            location=at_record(sts, text),
            fix=fix,
            severity=Severity.INFO if sts.records else None,
        )
