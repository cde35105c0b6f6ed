"""DKIM: key not valid for email

## What it checks
The `s=` of each key record. The rule fires where it lists services, with neither `email` nor `*` among them.
`s=email:tlsrpt` is fine. Near misses (`s=mail`, `s=Email`) are taken for `s=email` in the fix.

## Why it matters
Receivers must ignore such a key for mail: the signature fails with `dkim=permerror`.

## How to fix
Remove `s=`, or add `email` to it. A key for TLS reports alone (`s=tlsrpt`) is right only where nothing else
is signed with it.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; s=tlsrpt; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; s=email:tlsrpt; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.1
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faults
from mailproof.model import Severity, TagProblem
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.dkim_repair import repaired_key


@declare(Severity.ERROR, each=faults, codes="not-for-email")
def check(key: PublishedKey, problem: TagProblem, report: Reporter) -> None:
    services = ":".join(key.record.services)
    meant = parse_dkim_key(repaired_key(key.record.text))
    fix = key.replace("Write the service as s=email", meant.text)
    if not meant.valid:
        summary = "Allow email if mail is signed with this key"
        fix = key.replace(summary, key.edited(s=f"email:{services}"), "decision")
    report(
        f"The key at {key.facts.name} has s={services}, which doesn't allow email.",
        location=key.at(problem),
        evidence=(key.facts.lookup.describe(),),
        fix=fix,
    )
