"""The policy p is not a policy

## What it checks
Whether the value of `p` is none, quarantine or reject.

## Why it matters
With any other value receivers act as if it were `p=none`, but only where `rua` names a valid report
address; else they apply no DMARC at all.

## How to fix
Write one of the three words.

## References
- RFC 9989 sections 4.7 (p) and 4.10.1
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Finding, Rule, Severity
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC007",
    "The policy p is not a policy",
    Severity.ERROR,
    "dmarc",
    ("RFC 9989 sections 4.7 (p) and 4.10.1",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where p is invalid for a reason of its own (not a missing semicolon or an escape)."""
    found = applied(facts)
    for problem in found.problems("invalid-policy"):
        written = found.value(problem)
        if any(char in written for char in "=\\\"'"):
            continue
        close = get_close_matches(written.lower(), ("none", "quarantine", "reject"), 1)
        meant = close[0] if close else "none"
        yield report(
            RULE,
            facts.domain,
            f"At {found.name}, {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.publish(f"Write p={meant}.", rewritten(found.record, put=(("p", meant),))),
            severity=Severity.ERROR if problem.fatal else Severity.WARNING,
        )
