"""DKIM: syntax error in a key record

## What it checks
The tag list of each key record. The rule fires on a repeated tag, two semicolons in a row, commas or spaces
in place of semicolons, tag names in upper case, a part without `=`, and control characters.

## Why it matters
RFC 6376 makes the whole record invalid, so signatures fail. Some receivers overlook the error, others do not.

## How to fix
Publish the record as `name=value` parts with one semicolon between them.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1;; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faulty_keys
from mailproof.model import Severity

CODES = (
    *("empty-tag", "no-equals", "punctuation", "tag-case"),
    *("bad-name", "duplicate-tag", "control-character", "too-many-tags"),
)


@declare(Severity.ERROR, each=faulty_keys, because_of="DKIM014")
def check(key: PublishedKey, report: Reporter) -> None:
    found = sorted(key.problems(*CODES), key=lambda each: not each.fatal)
    if not found:
        return
    problem = found[0]
    report(
        f"The key record at {key.facts.name} is malformed: {problem.message}.",
        location=key.at(problem),
        evidence=(key.facts.lookup.describe(),),
        fix=key.repair("Publish the corrected record", f"Correct the record at {key.name}"),
        severity=None if problem.fatal else Severity.WARNING,
    )
