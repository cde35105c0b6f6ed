"""_smtp._tls is an alias that leads nowhere

## What it checks
Whether `_smtp._tls.<domain>` is a CNAME whose target has no TXT record.

## Why it matters
No reports come, though the panel shows an entry. If the target can be registered by anyone, its new owner
can have your reports sent to him.

## How to fix
Have the provider publish the record at the target, or replace the alias by a record of your own.

## References
- RFC 8460 section 3
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mistaken import dangling
from mailproof.checks.tls_rpt._facts import reporting
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    otherwise = "remove the alias and publish a record with a mailbox that is read"
    dangling(report, reporting(facts).lookup, otherwise)
