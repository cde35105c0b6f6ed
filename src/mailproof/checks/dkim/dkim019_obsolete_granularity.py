"""DKIM: obsolete tag g=

## What it checks
The tags of each key record. The rule points out `g=` (granularity).

## Why it matters
The tag comes from DomainKeys and RFC 4871. RFC 6376 removed it, and receivers ignore it: it does not limit
the key to some addresses.

## How to fix
Remove the tag.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; g=*; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 appendix C.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faults
from mailproof.model import Severity, TagProblem


@declare(Severity.INFO, each=faults, codes="obsolete-granularity")
def check(key: PublishedKey, problem: TagProblem, report: Reporter) -> None:
    report(
        f"The key at {key.facts.name} has the obsolete tag g=, which receivers ignore.",
        location=key.at(problem),
        evidence=(key.facts.lookup.describe(),),
        fix=key.replace("Remove g=", key.edited(g=None), "improvement"),
    )
