"""DKIM: selectors share one key

## What it checks
The public keys of all selectors. The rule points out selectors of the domain that publish the same one.

## Why it matters
Rotating keys achieves nothing if the new selector holds the old key, and revoking one selector leaves the key
valid at the other.

## How to fix
Make a separate key for each selector.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"
    s2._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"
    s2._domainkey.acme.example. TXT "v=DKIM1; k=ed25519; p=AO1yJzuC25jh…Oh1h4="

## References
- RFC 6376 section 3.1
- M3AAWG DKIM Key Rotation Best Common Practices
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.dkim._facts import PublishedKey, keys
from mailproof.model import DomainFacts, Severity


@declare(Severity.INFO)
def check(facts: DomainFacts, report: Reporter) -> None:
    by_key: dict[str, list[PublishedKey]] = {}
    owners = set()
    for key in keys(facts, report):
        if key.record.public_key and key.name not in owners:
            owners.add(key.name)
            by_key.setdefault(key.record.public_key, []).append(key)
    for same in by_key.values():
        if len(same) > 1:
            names = ", ".join(key.facts.selector for key in same)
            report(
                f"The selectors {names} of {facts.domain} publish the same key.",
                location=same[1].at_tag("p"),
                evidence=tuple(key.name for key in same),
                fix=improvement("Make a separate key for each selector"),
            )
