"""redirect= is ignored beside all

## What it checks
Whether the record has both `all` and `redirect=`.

## Why it matters
`redirect=` only counts where nothing matches, and `all` always does: the record it names is never
looked at.

## How to fix
Keep the one that is meant.

## References
- RFC 7208 section 6.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, own_records, publish, rewritten
from mailproof.model import DomainFacts, Finding, Rule, Severity

RULE = Rule("SPF014", "redirect= is ignored beside all", Severity.WARNING, "spf", ("RFC 7208 section 6.1",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where ``redirect`` stands beside ``all``."""
    for node, record in own_records(facts):
        redirect, end = record.redirect, record.all_term
        if redirect is None or end is None:
            continue
        yield report(
            RULE,
            facts.domain,
            f"{redirect.text} in the SPF record of {node.domain} is ignored, because the record "
            f"has {end.text}.",
            location=at(node, redirect),
            fix=publish(
                f"Remove it; or remove {end.text}, if the record of {redirect.value} is to decide",
                node.domain,
                rewritten(record, ((redirect, ""),)),
            ),
        )
