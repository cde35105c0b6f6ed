"""exp leads to no explanation

## What it checks
Whether the name behind `exp` holds exactly one TXT record, in the domain's record and in those that it
redirects to. A name with macros about the message is not looked at.

## Why it matters
Receivers that refuse mail may put the text into the bounce. Where there is none, or more than one, they go
on as if there were no `exp`: the result is the same, but the sender is not told what you meant to say.

## How to fix
Publish one TXT record with the text at that name, or remove the term.

## References
- RFC 7208 section 6.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import Undetermined, report
from mailproof.checks.spf._facts import all_nodes, at, mend, without
from mailproof.model import DomainFacts, Finding, Rule, Severity

RULE = Rule("SPF039", "exp leads to no explanation", Severity.INFO, "spf", ("RFC 7208 section 6.2",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each explanation that receivers cannot use."""
    unknown: list[str] = []
    for node in all_nodes(facts):
        record, answer = node.record, node.explanation
        if record is None or answer is None or node.status != "ok":
            continue
        if answer.undetermined:
            unknown.append(answer.describe())
            continue
        count = len(answer.records)
        term = next((term for term in record.terms if term.kind == "modifier" and term.name == "exp"), None)
        if term is None or count == 1:
            continue
        has = f"has {count} TXT records" if count else "has no TXT record"
        yield report(
            RULE,
            facts.domain,
            f"{term.text} in the SPF record of {node.domain} explains nothing: {answer.name} {has}.",
            location=at(node, term),
            evidence=(answer.describe(), *answer.records[:3]),
            fix=mend(
                facts,
                node,
                f"Keep one text at {answer.name}, or remove the term" if count else "Remove the term",
                without(record, [term]),
            ),
        )
    if unknown:
        raise Undetermined("; ".join(unknown[:5]))
