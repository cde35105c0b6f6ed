"""DMARC: record at the wrong name

## What it checks
DMARC records at the domain itself, at `dmarc.<domain>` without the underscore, at misspelt names such as
`_dmark.<domain>`, at `_dmarc.<domain>.<domain>` (the panel added the domain to a name that already had it),
and at other names that mailproof looks up anyway. Also records with their own name pasted into the value.

## Why it matters
Receivers look at `_dmarc.<domain>` only. A record anywhere else has no effect, and no error shows it.

## How to fix
Publish the record at `_dmarc.<domain>`, and remove the misplaced one.

## Example
Before:

    acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import own_step, walked
from mailproof.checks.misplaced import misplaced_findings
from mailproof.model import DmarcFacts, DomainFacts, Severity


@declare(Severity.ERROR, walked, needs="dkim misplaced")
def check(facts: DomainFacts, dmarc: DmarcFacts, report: Reporter) -> None:
    own_step(facts)
    misplaced_findings(report, facts, "dmarc", None if dmarc.record is None else Severity.WARNING)
