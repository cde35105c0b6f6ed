"""MTA-STS: record at the wrong name

## What it checks
MTA-STS records at the domain itself, at `mta-sts.<domain>` without the underscore, at
`_mta-sts.<domain>.<domain>` (the panel added the domain to a name that already had it), and at other names
that mailproof looks up anyway. Also records with their own name pasted into the value.

## Why it matters
Sending servers look at `_mta-sts.<domain>` only. Without a record there, they don't fetch the policy.

## How to fix
Publish the record at `_mta-sts.<domain>`, and remove the misplaced one.

## Example
Before:

    _mta-sts.acme.example.acme.example. TXT "v=STSv1; id=20261101;"

After:

    _mta-sts.acme.example. TXT "v=STSv1; id=20261101;"

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.misplaced import misplaced_findings
from mailproof.checks.mta_sts._facts import sts_of
from mailproof.model import DomainFacts, Severity


@declare(Severity.WARNING, needs="dkim misplaced")
def check(facts: DomainFacts, report: Reporter) -> None:
    sts_of(facts)
    misplaced_findings(report, facts, "mta_sts")
