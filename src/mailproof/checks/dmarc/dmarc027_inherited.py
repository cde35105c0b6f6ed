"""DMARC: policy inherited from the organizational domain

## What it checks
Where the record that applies is published. The rule fires where that is the organizational domain and not
the domain itself.

## Why it matters
That is fine, and good to know: a change there changes this domain too, and `sp` (or `np`, where the name
doesn't exist) decides.

## How to fix
Nothing to do. Publish a record at the domain itself only if it needs another policy.

## Example
Before:

    ; audit of news.acme.example
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; sp=quarantine"
    news.acme.example. A 192.0.2.7

After:

    ; audit of news.acme.example
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; sp=quarantine"
    news.acme.example. A 192.0.2.7
    _dmarc.news.acme.example. TXT "v=DMARC1; p=reject"

## References
- RFC 9989 sections 4.10.1 and 4.10.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import NO_OWN_RECORD, Applied, applied
from mailproof.model import Severity


@declare(Severity.INFO, applied, because_of=NO_OWN_RECORD)
def check(found: Applied, report: Reporter) -> None:
    if found.own or found.record.psd == "y":
        return
    policy = f"{found.dmarc.source}={found.dmarc.policy}" if found.dmarc.policy else "no policy"
    report(
        f"{report.subject} has no DMARC record of its own; the one at {found.name} applies ({policy}).",
        location=found.at(),
        evidence=tuple(step.lookup.describe() for step in found.dmarc.walk.steps),
    )
