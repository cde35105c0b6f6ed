"""DKIM: key at the wrong name

## What it checks
DKIM keys at the domain itself, at `_domainkey.<domain>` without a selector, at
`<selector>._domainkey.<domain>.<domain>` (where a DNS panel added the domain to a name that already had it),
and at other names that are queried anyway; also keys whose name was pasted into the value.

## Why it matters
Receivers query only `<selector>._domainkey.<domain>`, with the selector of the signature. They don't find the
key, and the signature fails.

## How to fix
Publish the key at the selector that your mail server or provider signs with, and remove the misplaced record.

## Example
Before:

    s2._domainkey.acme.example.acme.example. TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfV…HURo="

After:

    s2._domainkey.acme.example. TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfV…HURo="

## References
- RFC 6376 section 3.6.2.1
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.dkim._facts import NAMED, discovery
from mailproof.checks.misplaced import misplaced_findings
from mailproof.model import DomainFacts, Severity


@declare(Severity.ERROR, needs="misplaced")
def check(facts: DomainFacts, report: Reporter) -> None:
    discovery(facts)
    known = any(key.status == "valid" for key in facts.dkim)
    misplaced_findings(report, facts, "dkim", Severity.WARNING if known else None)
    for key in facts.dkim:
        if key.status == "unknown" and key.origin in NAMED:
            raise Undetermined.of(key.lookup)
