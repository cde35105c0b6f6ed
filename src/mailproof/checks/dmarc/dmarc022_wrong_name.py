"""The DMARC record is at the wrong name

## What it checks
DMARC records at the domain itself, at `dmarc.<domain>` without the underscore, at
`_dmarc.<domain>.<domain>`, where a panel added the domain to a name that held it already, and at other names
that are asked for anyway; records whose name was pasted into the value.

## Why it matters
Receivers ask `_dmarc.<domain>` alone. A record anywhere else has no effect, and nobody says so.

## How to fix
Publish the record at `_dmarc.<domain>`, and remove the misplaced one.

## References
- RFC 9989 section 4.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import own_step, walked
from mailproof.checks.misplaced import misplaced_findings
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("dkim", "misplaced"))


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each misplaced record: an error where no record applies, else milder."""
    dmarc = walked(facts)
    own_step(facts)
    misplaced_findings(report, facts, "dmarc", None if dmarc.record is None else Severity.WARNING)
