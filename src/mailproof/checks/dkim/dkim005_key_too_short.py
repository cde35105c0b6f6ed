"""DKIM: key shorter than 1024 bits

## What it checks
The length of each RSA public key. The rule fires below 1024 bits.

## Why it matters
RFC 8301 forbids receivers to accept such signatures: keys of 512 bits can be broken within hours. Gmail shows
`dkim=policy (weak key)`.

## How to fix
Make a new key of 2048 bits under a new selector, publish it, switch the signer over, and revoke the old key
some days later.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEB…EAAQ==" ; 512 bits

After:

    s2._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB" ; 2048 bits

## References
- RFC 8301 section 3.2
- Google: Email sender guidelines
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faults, report_key_size
from mailproof.model import Severity, TagProblem


@declare(Severity.ERROR, each=faults, codes="short-key")
def check(key: PublishedKey, problem: TagProblem, report: Reporter) -> None:
    then = ", then revoke this one by emptying its p="
    report_key_size(report, key, problem, "receivers reject keys under 1024", then)
