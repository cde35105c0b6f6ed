"""DKIM: key longer than 4096 bits

## What it checks
The length of each RSA public key. The rule fires above 4096 bits.

## Why it matters
Receivers need only handle keys of up to 4096 bits, and some fail longer ones. The record also outgrows a UDP
answer, so it is fetched over TCP or not at all.

## How to fix
Use a key of 2048 bits under a new selector.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIICYjANBgkqhkiG9w0B…" ; 4608 bits

After:

    s2._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB" ; 2048 bits

## References
- RFC 8301 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faults, report_key_size
from mailproof.model import Severity, TagProblem


@declare(Severity.WARNING, each=faults, codes="long-key", consequence="tidy")
def check(key: PublishedKey, problem: TagProblem, report: Reporter) -> None:
    report_key_size(report, key, problem, "some receivers stop at 4096")
