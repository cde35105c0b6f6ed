"""DKIM: key limited to the exact domain (t=s)

## What it checks
The flags of each key record. The rule points out `t=s`.

## Why it matters
The flag forbids signatures whose `i=` names a subdomain of `d=`. It is good practice where no subdomain
signs, and a surprise where one does: those signatures fail.

## How to fix
Nothing, unless messages with an `i=` in a subdomain are signed with this key: then remove `s` from `t=`.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; t=s; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, keys
from mailproof.model import Severity


@declare(Severity.INFO, each=keys)
def check(key: PublishedKey, report: Reporter) -> None:
    if key.record.strict_identity:
        report(
            f"The key at {key.facts.name} has t=s: i= must not name a subdomain of {report.subject}.",
            location=key.at_tag("t"),
            evidence=(key.facts.lookup.describe(),),
        )
