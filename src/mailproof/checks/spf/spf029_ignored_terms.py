"""A term that receivers ignore

## What it checks
Whether the record holds terms of the form `name=value` that mean nothing: a mechanism written with `=`
(like `include=esp.example`), `v=spf1` a second time, or an unknown modifier.

## Why it matters
RFC 7208 has receivers skip unknown modifiers without an error, so that a service written with `=` is
not allowed at all, and nobody is told.

## How to fix
Write mechanisms with a colon; remove what means nothing.

## References
- RFC 7208 section 6
- RFC 7208 section 12
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, own_records, publish, rewritten
from mailproof.model import DomainFacts, Finding, Rule, Severity, SpfProblem, SpfTerm
from mailproof.records.spf import MECHANISMS

RULE = Rule(
    "SPF029",
    "A term that receivers ignore",
    Severity.WARNING,
    "spf",
    ("RFC 7208 section 6", "RFC 7208 section 12"),
)
#: Registered modifiers: RFC 7208 section 6, RFC 6652 section 3.
_KNOWN = ("redirect", "exp", "ra", "rp", "rr")


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each term without a meaning."""
    for node, record in own_records(facts):
        ignored = [term for term in record.terms if term.kind == "modifier" and term.name not in _KNOWN]
        problems = {problem.start: problem for problem in record.problems if not problem.fatal}
        meant = {term: _meant(problems.get(term.start)) for term in ignored}
        fixed = rewritten(record, meant.items())
        for term in ignored:
            problem = problems.get(term.start)
            why = problem.message if problem else f"there is no modifier {term.name}"
            yield report(
                RULE,
                facts.domain,
                f"{term.text} in the SPF record of {node.domain} has no effect: {why}.",
                location=at(node, term),
                fix=publish(_summary(term, meant[term]), node.domain, fixed),
                severity=None if problem or term.name in MECHANISMS else Severity.INFO,
            )


def _meant(problem: SpfProblem | None) -> str:
    return problem.suggestion or "" if problem else ""


def _summary(term: SpfTerm, new: str) -> str:
    return f"Write {new} in place of {term.text}" if new else f"Remove {term.text}"
