"""Meant as SPF, but not read as SPF

## What it checks
Whether a TXT record of the domain was plainly meant as SPF but does not begin with exactly `v=spf1` and
a space: a leading space, pasted quotation marks or backslashes, `spf1`, `v=spf2`, a missing space.

## Why it matters
Receivers do not take it for an SPF record at all, and without an error: the result is `none`.

## How to fix
Publish the text without what stands before `v=spf1`.

## References
- RFC 7208 section 4.5
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import spf_of
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity
from mailproof.records.spf import near_miss

RULE = Rule("SPF019", "Meant as SPF, but not read as SPF", Severity.ERROR, "spf", ("RFC 7208 section 4.5",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each record that only looks like SPF."""
    spf = spf_of(facts)
    replaced = spf.root.status == "none"
    for text in spf.other_txt[:200]:
        miss = near_miss(text)
        if miss is None:
            continue
        removed = FixRecord(facts.domain, "TXT", text, "remove")
        if replaced:
            fix = Fix("Publish it as it was meant", (FixRecord(facts.domain, "TXT", miss.meant), removed))
        else:
            fix = Fix("Remove it: the domain has an SPF record beside it", (removed,))
        yield report(
            RULE,
            facts.domain,
            f"Receivers do not see the TXT record {text[:80]!r} of {facts.domain} as SPF, "
            f"because of {miss.why}.",
            location=Location(facts.domain, "TXT", text, miss.start, miss.end),
            fix=fix,
            severity=None if replaced else Severity.WARNING,
        )
        replaced = False
