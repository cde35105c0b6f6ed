"""MTA-STS: record doesn't begin with v=STSv1

## What it checks
TXT records at `_mta-sts.<domain>` that look like MTA-STS records but don't begin with exactly `v=STSv1;`:
another case, pasted quotes or backslashes, characters before v=, a missing semicolon, or just a host name,
which was meant as a CNAME.

## Why it matters
Sending servers ignore such a record, so the domain has no MTA-STS.

## How to fix
Begin the record with `v=STSv1;`, followed by the id.

## Example
Before:

    _mta-sts.acme.example. TXT "v=stsv1; id=20261101;"

After:

    _mta-sts.acme.example. TXT "v=STSv1; id=20261101;"

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mistaken import report_mistaken
from mailproof.checks.mta_sts._facts import announced, sts_of
from mailproof.model import DomainFacts, MtaStsFacts, Severity
from mailproof.records.mta_sts import STS


@declare(Severity.WARNING, sts_of)
def check(facts: DomainFacts, sts: MtaStsFacts, report: Reporter) -> None:
    for text in sts.other_txt:
        fix = announced(sts, text)
        report_mistaken(report, facts, sts.lookup, text, STS, "MTA-STS", fix, beside=bool(sts.records))
