"""A DKIM key is at the wrong name

## What it checks
DKIM keys at the domain itself, at `_domainkey.<domain>` without a selector, at
`<selector>._domainkey.<domain>.<domain>`, where a panel added the domain to a name that held it already, and
at other names that are asked for anyway; keys whose name was pasted into the value.

## Why it matters
Receivers ask `<selector>._domainkey.<domain>` alone, with the selector of the signature. They do not find the
key, and the signature fails.

## How to fix
Publish the key at the selector that your mail server or provider signs with, and remove the misplaced record.

## References
- RFC 6376 section 3.6.2.1
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.dkim._facts import NAMED, discovery
from mailproof.checks.misplaced import misplaced_findings
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("misplaced",))


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each misplaced key: a warning where another key is where it belongs."""
    discovery(facts)
    known = any(key.status == "valid" for key in facts.dkim)
    misplaced_findings(report, facts, "dkim", Severity.WARNING if known else None)
    for key in facts.dkim:
        if key.status == "unknown" and key.origin in NAMED:
            raise Undetermined.of(key.lookup)
