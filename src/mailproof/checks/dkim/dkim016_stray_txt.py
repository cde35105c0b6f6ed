"""A selector holds a TXT record that is no key

## What it checks
The rule reports TXT records at a selector that were not meant as DKIM keys: SPF or DMARC records,
verification tokens, notes. It is an error where no key stands beside them.

## Why it matters
Some verifiers take the first TXT record that comes, whatever it is, so that signatures pass and fail by
chance.

## How to fix
Move the record to the name that it belongs to, or remove it.

## References
- RFC 6376 section 3.6.2.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dkim._facts import discovery, settle
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.dkim_key import looks_like_dkim_key

RULE = Rule(
    "DKIM016",
    "A selector holds a TXT record that is no key",
    Severity.WARNING,
    "dkim",
    ("RFC 6376 section 3.6.2.2",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each TXT record at a selector that is no key."""
    search = discovery(facts)
    for each in facts.dkim:
        strays = [text for text in each.records if not looks_like_dkim_key(text)]
        if not strays or (search.wildcard and each.records == search.wildcard_records):
            continue  # a wildcard's records are DKIM017's
        alone = len(strays) == len(each.records)
        owner = each.target or each.name
        place = "where a key should be" if alone else "beside the key"
        for text in strays:
            yield report(
                RULE,
                facts.domain,
                f"There is a TXT record at {each.name} that is no DKIM key, {place}: {text[:60]!r}.",
                location=Location(owner, "TXT", text),
                evidence=each.records,
                fix=Fix(
                    "Remove the record from this name", (FixRecord(owner, "TXT", text, action="remove"),)
                ),
                severity=Severity.ERROR if alone else None,
            )
    settle(facts)
