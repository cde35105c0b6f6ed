"""TLS-RPT: record at the wrong name

## What it checks
TLS-RPT records at the domain itself, at `_tls.<domain>`, at `_smtp._tls.<domain>.<domain>` (the panel added
the domain to a name that already had it), and at other names that mailproof looks up anyway. Also records
with their own name pasted into the value.

## Why it matters
Sending servers look at `_smtp._tls.<domain>` only. Without a record there, no reports arrive.

## How to fix
Publish the record at `_smtp._tls.<domain>`, and remove the misplaced one.

## Example
Before:

    acme.example. TXT "_smtp._tls: v=TLSRPTv1; rua=mailto:tls-reports@acme.example"

After:

    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls-reports@acme.example"

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.misplaced import misplaced_findings
from mailproof.checks.tls_rpt._facts import reporting
from mailproof.model import DomainFacts, Severity


@declare(Severity.WARNING, needs="dkim misplaced")
def check(facts: DomainFacts, report: Reporter) -> None:
    reporting(facts)
    misplaced_findings(report, facts, "tls_rpt")
