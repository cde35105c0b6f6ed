"""A tag has a value that does not exist

## What it checks
Whether `adkim` and `aspf` are r or s, `t` is y or n, and `psd` is y, n or u.

## Why it matters
Receivers drop the value and apply the default, which is not what was meant.

## How to fix
Write one of the letters, or leave the tag out.

## References
- RFC 9989 sections 4.7 and 4.8
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import DomainFacts, Finding, Rule, Severity, TagProblem
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC033",
    "A tag has a value that does not exist",
    Severity.WARNING,
    "dmarc",
    ("RFC 9989 sections 4.7 and 4.8",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each such tag."""
    found = applied(facts)
    invalid = tuple(found.problems("invalid-alignment", "invalid-psd", "invalid-test"))
    meant = {problem.message.partition("=")[0]: _meant(found, problem) for problem in invalid}
    mended = rewritten(
        found.record,
        put=[(name, letter) for name, letter in meant.items() if letter],
        drop=[name for name, letter in meant.items() if not letter],
    )
    for problem in invalid:
        name = problem.message.partition("=")[0]
        yield report(
            RULE,
            facts.domain,
            f"At {found.name}, {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.publish(
                f"Write {name}={meant[name]}." if meant[name] else f"Leave {name}= out.", mended
            ),
        )


def _meant(found: Applied, problem: TagProblem) -> str:
    """The letter that a word like ``strict`` or ``yes`` begins with, where it is one of the values."""
    letter = found.value(problem)[:1].lower()
    legal = {"t": "yn", "psd": "ynu"}.get(problem.message.partition("=")[0], "rs")
    return letter if letter and letter in legal else ""
