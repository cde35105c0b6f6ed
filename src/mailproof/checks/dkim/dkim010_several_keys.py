"""A selector has several keys

## What it checks
The rule reports selectors at which more than one TXT record is a DKIM key.

## Why it matters
RFC 6376 allows one, and leaves open what happens with more. Some receivers refuse them all, others take
whichever comes first: the signature passes now and fails then.

## How to fix
Keep the record of the key that signs, and remove the others. Two keys need two selectors.

## References
- RFC 6376 section 3.6.2.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dkim._facts import discovery, settle
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key

RULE = Rule("DKIM010", "A selector has several keys", Severity.ERROR, "dkim", ("RFC 6376 section 3.6.2.2",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each selector with more than one key."""
    discovery(facts)
    for each in facts.dkim:
        found = [text for text in each.records if looks_like_dkim_key(text)]
        if len(found) < 2:
            continue
        owner = each.target or each.name
        yield report(
            RULE,
            facts.domain,
            f"There are {len(found)} DKIM keys at {each.name}, where only one is allowed.",
            location=Location(owner, "TXT", found[1]),
            evidence=tuple(found),
            fix=_fix(owner, found),
        )
    settle(facts)


def _fix(owner: str, found: list[str]) -> Fix:
    usable = [text for text in found if parse_dkim_key(text).valid]
    if len(usable) == 1:
        useless = tuple(FixRecord(owner, "TXT", text, action="remove") for text in found if text != usable[0])
        return Fix("Remove the records that no receiver can use", useless)
    return Fix(f"Keep the record at {owner} whose key your mail server signs with, and remove the others")
