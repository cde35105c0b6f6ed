"""The MTA-STS record is at the wrong name

## What it checks
MTA-STS records at the domain itself, at `mta-sts.<domain>` without the underscore, at
`_mta-sts.<domain>.<domain>`, where a panel added the domain to a name that held it already, and at other
names that are asked for anyway; records whose name was pasted into the value.

## Why it matters
Senders ask `_mta-sts.<domain>` alone. Without a record there they do not fetch the policy.

## How to fix
Publish the record at `_mta-sts.<domain>`, and remove the misplaced one.

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.misplaced import misplaced_findings
from mailproof.checks.mta_sts._facts import sts_of
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("dkim", "misplaced"))


def check(facts: DomainFacts, report: Reporter) -> None:
    sts_of(facts)
    misplaced_findings(report, facts, "mta_sts")
