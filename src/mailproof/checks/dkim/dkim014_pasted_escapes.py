"""Quotation marks or backslashes are part of a key

## What it checks
The rule reports key records whose text itself holds quotation marks or backslashes (outside the notes in
`n=`).

## Why it matters
In a zone file they only delimit and escape. Pasted into the form of a DNS panel they become part of the
text, and the key can no longer be read. Panels that strip them again still show the key as valid, while
receivers fail it.

## How to fix
Enter the value without them. A long key is entered as one value: the panel splits it.

## References
- RFC 6376 section 3.6.1
- RFC 1035 section 5.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dkim._facts import keys, settle
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity
from mailproof.records.dkim_key import parse_dkim_key, repair_dkim_key

RULE = Rule(
    "DKIM014",
    "Quotation marks or backslashes are part of a key",
    Severity.ERROR,
    "dkim",
    (
        "RFC 6376 section 3.6.1",
        "RFC 1035 section 5.1",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each record with pasted quoting."""
    for key in keys(facts):
        problem = next(key.problems("embedded-quote", "embedded-backslash"), None)
        if problem is None:
            continue
        plain = repair_dkim_key(key.record.text)
        mended = parse_dkim_key(plain)
        yield report(
            RULE,
            facts.domain,
            f"The key at {key.facts.name} cannot be read: {problem.message}.",
            location=key.at_problem(problem),
            evidence=(key.facts.lookup.describe(),),
            fix=key.replace("Publish the record without them", plain)
            if mended.valid or mended.revoked
            else Fix(f"Publish the key of the selector {key.facts.selector} again, unquoted{key.whose}"),
        )
    settle(facts)
