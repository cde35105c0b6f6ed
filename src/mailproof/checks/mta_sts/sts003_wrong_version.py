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
from mailproof.checks.mistaken import mistaken
from mailproof.checks.mta_sts._facts import announced, sts_of
from mailproof.model import DomainFacts, Severity
from mailproof.records.mta_sts import STS

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts = sts_of(facts)
    for text in sts.other_txt:
        fix = announced(sts, text)
        mistaken(report, facts, sts.lookup, text, STS, "MTA-STS", fix, beside=bool(sts.records))
