"""MTA-STS: several records

## What it checks
The TXT records at `_mta-sts.<domain>` that begin with `v=STSv1;`. The rule fires where there is more than
one.

## Why it matters
Sending servers then act as if the domain had no MTA-STS at all.

## How to fix
Keep the record with the newest id, and remove the others.

## Example
Before:

    _mta-sts.acme.example. TXT "v=STSv1; id=20240229"
    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"

After:

    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import sts_of
from mailproof.checks.publishing import replaced
from mailproof.model import Fix, Location, MtaStsFacts, Severity
from mailproof.records.mta_sts import parse_sts_record


@declare(Severity.WARNING, sts_of)
def check(sts: MtaStsFacts, report: Reporter) -> None:
    if len(sts.records) < 2:
        return
    valid = [text for text in sts.records if parse_sts_record(text).valid]
    fix = Fix("Keep one record, with v=STSv1; and an id of letters and digits.")
    if valid:
        kept = max(valid, key=lambda text: parse_sts_record(text).id)
        others = list(sts.records)
        others.remove(kept)
        summary = "Keep one record. Senders will then fetch the policy and apply it."
        fix = replaced(sts.lookup, report.subject, summary, tuple(others), "")
    report(
        f"{sts.lookup.name} has {len(sts.records)} MTA-STS records, so senders use none of them.",
        location=Location(sts.lookup.name, "TXT", sts.records[1]),
        evidence=tuple(f"{sts.lookup.name} TXT {text}" for text in sts.records[:10]),
        fix=fix,
    )
