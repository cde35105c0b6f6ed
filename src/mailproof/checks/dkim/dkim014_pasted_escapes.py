"""DKIM: stray characters pasted with a key

## What it checks
The text of each key record, without the notes in `n=`. The rule fires on quotation marks, backslashes,
parentheses or the beginning of a zone file line, on the lines `-----BEGIN PUBLIC KEY-----` and
`-----END PUBLIC KEY-----` of a key file, and on invisible characters such as no-break and zero-width spaces.

## Why it matters
In a zone file quotation marks and backslashes only delimit and escape. Pasted into the form of a DNS panel,
they become part of the text, and the key can't be read. Checkers that strip them still show the key as valid,
while receivers fail it. Invisible characters come along from web pages and word processors.

## How to fix
Enter the value without them. Enter a long key as one value: the panel splits it.

## Example
Before:

    Value in the DNS panel: "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…" "…IDAQAB"

After:

    Value in the DNS panel: v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB

## References
- RFC 6376 section 3.6.1
- RFC 1035 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faulty_keys
from mailproof.model import Severity
from mailproof.records.dkim_plain import PASTED


@declare(Severity.ERROR, each=faulty_keys)
def check(key: PublishedKey, report: Reporter) -> None:
    problem = next(key.problems(*PASTED), None)
    if problem is None:
        return
    unclear = f"Publish the key of the selector {key.facts.selector} again, only the value"
    report(
        f"The key at {key.facts.name} can't be read: {problem.message}.",
        location=key.at(problem),
        evidence=(key.facts.lookup.describe(),),
        fix=key.repair("Publish the record without the stray characters", unclear),
    )
