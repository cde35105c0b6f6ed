"""The TLS reporting record is at the wrong name

## What it checks
TLS reporting records at the domain itself, at `_tls.<domain>`, at `_smtp._tls.<domain>.<domain>`, where a
panel added the domain to a name that held it already, and at other names that are asked for anyway; records
whose name was pasted into the value.

## Why it matters
Senders ask `_smtp._tls.<domain>` alone. Without a record there no reports come.

## How to fix
Publish the record at `_smtp._tls.<domain>`, and remove the misplaced one.

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.misplaced import misplaced_findings
from mailproof.checks.tls_rpt._facts import reporting
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("dkim", "misplaced"))


def check(facts: DomainFacts, report: Reporter) -> None:
    reporting(facts)
    misplaced_findings(report, facts, "tls_rpt")
