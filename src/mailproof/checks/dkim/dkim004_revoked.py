"""DKIM: key revoked

## What it checks
The `p=` of each key record. The rule fires where it is empty, which means that the key was revoked. For
selectors found only through the list of common ones this is information: revoked keys are left over from key
rotation.

## Why it matters
Any signature made with this selector fails (`dkim=permerror`, key revoked).

## How to fix
If the selector is still in use, publish its current public key. If not, keep the record until no mail signed
with it is in transit, then remove it.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p="

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dkim._facts import NAMED, PublishedKey, discovery, keys
from mailproof.model import DomainFacts, Severity


@declare(Severity.WARNING, each=keys)
def check(facts: DomainFacts, key: PublishedKey, report: Reporter) -> None:
    control = discovery(facts).control
    named = key.facts.origin in NAMED
    if key.record.revoked and control is not None and control.undetermined and not named:
        report.unanswered(control)  # a wildcard may have answered
    elif key.record.revoked:
        report(
            f"The key at {key.facts.name} is revoked: its p= is empty.",
            location=key.at_tag("p"),
            evidence=(key.facts.lookup.describe(),),
            fix=decision(
                f"Publish the current key of the selector {key.facts.selector} if it still signs; "
                f"otherwise remove the record{key.owner_note}"
            ),
            severity=None if named else Severity.INFO,
        )
