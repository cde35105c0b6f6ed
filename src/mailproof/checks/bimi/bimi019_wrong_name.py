"""BIMI: record at the wrong name

## What it checks
BIMI records at the domain itself, at `_bimi.<domain>` without a selector, at
`default._bimi.<domain>.<domain>` (the panel added the domain to a name that already had it), and at other
names that mailproof looks up anyway. Also records with their own name pasted into the value.

## Why it matters
Receivers look at `default._bimi.<domain>`, or at the selector that a message names. A record anywhere else
shows no logo.

## How to fix
Publish the record at `default._bimi.<domain>`, and remove the misplaced one.

## Example
Before:

    _bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification section 7.2
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.bimi._facts import looked_up
from mailproof.checks.misplaced import is_misplaced, misplaced_findings
from mailproof.model import DomainFacts, Severity


@declare(Severity.WARNING, needs="dkim misplaced")
def check(facts: DomainFacts, report: Reporter) -> None:
    selectors = tuple(looked_up(facts, report))
    misplaced_findings(report, facts, "bimi")
    if not any(each.records for each in selectors) and not is_misplaced(facts, "bimi"):
        raise NotApplicable("no BIMI record")
