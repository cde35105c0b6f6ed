"""The record has no end

## What it checks
Whether the record ends in `all` or hands over by `redirect=`.

## Why it matters
Without either the result for every host not listed is `neutral`, as with `?all`: forged mail is not
marked.

## How to fix
End the record in `~all`, and in `-all` once every sender is listed.

## References
- RFC 7208 section 4.7
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, mend, policy_of
from mailproof.model import DomainFacts, Finding, Rule, Severity

RULE = Rule("SPF008", "The record has no end", Severity.WARNING, "spf", ("RFC 7208 section 4.7",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where there is neither ``all`` nor ``redirect``."""
    node, record = policy_of(facts)
    if record.all_term is not None:
        return
    if not record.valid and "all" in record.text.lower():  # most likely the end is what is broken
        return
    yield report(
        RULE,
        facts.domain,
        f"The SPF record of {node.domain} has neither all nor redirect=, so that every other "
        "host gets neutral.",
        location=at(node),
        fix=mend(facts, node, "Say what holds for all others", f"{record.text.strip()} ~all"),
    )
