"""DKIM: key in test mode (t=y)

## What it checks
The flags of each key record. The rule fires on `t=y`.

## Why it matters
The flag says that the domain is only trying DKIM. Receivers must then treat a message whose signature fails
like an unsigned one, and some ignore the signature altogether. The flag is often left in after the setup.

## How to fix
Remove `y` from `t=` once signing works.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; t=y:s; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; t=s; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, keys
from mailproof.model import Severity


@declare(Severity.WARNING, each=keys, consequence="forged")
def check(key: PublishedKey, report: Reporter) -> None:
    if not key.record.testing or key.record.revoked:
        return
    tag = next(tag for tag in key.record.tags if tag.name == "t")
    left = ":".join(flag.strip() for flag in tag.value.split(":") if flag.strip() != "y")
    text = key.edited(t=left or None)
    report(
        f"The key at {key.facts.name} has t=y: the domain is only testing DKIM.",
        location=key.at_tag("t"),
        evidence=(key.facts.lookup.describe(),),
        fix=key.replace("Remove the test flag once signing works", text, "decision"),
    )
