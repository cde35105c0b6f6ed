"""DKIM: version tag wrong or not first

## What it checks
The `v=` of each key record. The rule fires where it is not exactly `DKIM1`, or is not the first tag.

## Why it matters
Receivers must discard such records, so signatures fail. The value is case-sensitive. Some libraries overlook
the error, which is why the same mail passes at one receiver and fails at another.

## How to fix
Begin the record with `v=DKIM1`.

## Example
Before:

    s1._domainkey.acme.example. TXT "k=rsa; v=DKIM1; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faulty_keys
from mailproof.model import Severity


@declare(Severity.ERROR, each=faulty_keys, because_of="DKIM014")
def check(key: PublishedKey, report: Reporter) -> None:
    problem = next(key.problems("bad-version", "version-not-first"), None)
    if problem is not None:
        unclear = f"Publish the key of the selector {key.facts.selector} again, beginning with v=DKIM1"
        report(
            f"Receivers will discard the key at {key.facts.name}: {problem.message}.",
            location=key.at(problem),
            evidence=(key.facts.lookup.describe(),),
            fix=key.repair("Begin the record with v=DKIM1", unclear),
        )
