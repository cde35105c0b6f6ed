"""DKIM: key shorter than 2048 bits

## What it checks
The length of each RSA public key. The rule fires from 1024 to 2047 bits.

## Why it matters
Receivers still accept such keys, but RFC 8301 says that signers should use at least 2048 bits, and security
audits mark 1024 down.

## How to fix
Make a new key of 2048 bits under a new selector. Keep the old record until no mail signed with it is in
transit. A 2048-bit key is longer than one string of 255 characters: most DNS panels split it themselves.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEB…IDAQAB" ; 1024 bits

After:

    s2._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB" ; 2048 bits

## References
- RFC 8301 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faults, report_key_size
from mailproof.model import Severity, TagProblem


@declare(Severity.WARNING, each=faults, codes="weak-key", consequence="forged")
def check(key: PublishedKey, problem: TagProblem, report: Reporter) -> None:
    report_key_size(report, key, problem, "RFC 8301 recommends 2048")
