"""A key could not be looked up

## What it checks
The rule says which key look-ups failed (SERVFAIL, no answer in time, refused, or DNSSEC signatures that do
not verify). Its outcome is then unknown: the key may or may not be there.

## Why it matters
Receivers that meet the same failure give `dkim=temperror` and may put the message off.

## How to fix
Look at the name servers of the domain, and at those of the target where the selector is an alias; then ask
again.

## References
- RFC 6376 section 6.1.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import discovery
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    search = discovery(facts)
    report.unanswered(*(each.lookup for each in facts.dkim if each.status == "unknown"))
    if search.domainkey.undetermined:
        report.unanswered(search.domainkey)
