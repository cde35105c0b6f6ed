"""Terms after all are never reached

## What it checks
Whether mechanisms stand behind `all`.

## Why it matters
`all` matches every host, so that nothing behind it is ever tried: a service listed there is not allowed
at all.

## How to fix
Move `all` to the end.

## References
- RFC 7208 section 5.1
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, own_records, publish, rewritten, shown
from mailproof.model import DomainFacts, Finding, Rule, Severity

RULE = Rule("SPF013", "Terms after all are never reached", Severity.WARNING, "spf", ("RFC 7208 section 5.1",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where mechanisms stand behind ``all``."""
    for node, record in own_records(facts):
        end = record.all_term
        late = [t for t in record.terms if end and t.kind == "mechanism" and t.start > end.start]
        if end is None or not late:
            continue
        changes = [(end, ""), *((term, "") for term in late if term.name == "all")]
        yield report(
            RULE,
            facts.domain,
            f"In the SPF record of {node.domain} {shown(term.text for term in late)} behind {end.text} "
            f"{'is' if len(late) == 1 else 'are'} never reached.",
            location=at(node, late[0]),
            fix=publish("Move all to the end", node.domain, f"{rewritten(record, changes)} {end.text}"),
        )
