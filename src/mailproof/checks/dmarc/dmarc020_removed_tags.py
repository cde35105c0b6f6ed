"""Tags that RFC 9989 removed (pct, rf, ri)

## What it checks
Whether the record still has `pct`, `rf` or `ri`.

## Why it matters
Receivers on RFC 9989 ignore them: `pct=50; p=reject` is a full reject there and half of one elsewhere.
Whoever relies on `pct` to go slowly gets two treatments at once.

## How to fix
Take them out; for a soft start use `t=y`.

## References
- RFC 9989 appendices A.6 and C.5.2
- RFC 7489 section 6.3
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Finding, Rule, Severity
from mailproof.records.dmarc import REMOVED_TAGS
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC020",
    "Tags that RFC 9989 removed (pct, rf, ri)",
    Severity.WARNING,
    "dmarc",
    (
        "RFC 9989 appendices A.6 and C.5.2",
        "RFC 7489 section 6.3",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each: a warning where pct changes what older receivers do, else a note."""
    found = applied(facts)
    for problem in found.problems("removed-tag"):
        tag = next(tag for tag in found.record.tags if tag.start == problem.start)
        partial = tag.name == "pct" and tag.value != "100" and found.dmarc.policy not in (None, "none")
        message = f"{tag.name}={tag.value[:20]} at {found.name} was removed by RFC 9989"
        if partial:
            message += f": current receivers apply {found.dmarc.policy} to all mail, older ones to a part"
        yield report(
            RULE,
            facts.domain,
            f"{message}.",
            location=found.at(tag.start, tag.end),
            fix=found.publish("Take the removed tags out.", rewritten(found.record, drop=REMOVED_TAGS)),
            severity=None if partial else Severity.INFO,
        )
