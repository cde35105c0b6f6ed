"""DKIM: key doesn't allow sha256

## What it checks
The `h=` of each key record. The rule fires where it lists hash algorithms and leaves out `sha256`.

## Why it matters
Since RFC 8301 only sha256 counts: receivers reject signatures with sha1 and, with such a key, those with
sha256 too. Nothing signed with it can pass.

## How to fix
Set `h=sha256`, or leave `h=` out, and have the signer use `rsa-sha256`.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; h=sha1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; h=sha1:sha256; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.1
- RFC 8301 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faults
from mailproof.model import Severity, TagProblem
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.dkim_repair import repaired_key


@declare(Severity.ERROR, each=faults, codes="no-sha256")
def check(key: PublishedKey, problem: TagProblem, report: Reporter) -> None:
    meant = parse_dkim_key(repaired_key(key.record.text))
    fix = key.replace("Write the hash as sha256", meant.text)
    if "sha256" not in meant.hashes:
        summary = "Allow sha256 instead, and have the signer use rsa-sha256"
        fix = key.replace(summary, key.edited(h="sha256"), "improvement")  # no signature passes today
    report(
        f"The key at {key.facts.name} allows only h={':'.join(key.record.hashes)}, not sha256.",
        location=key.at(problem),
        evidence=(key.facts.lookup.describe(),),
        fix=fix,
    )
