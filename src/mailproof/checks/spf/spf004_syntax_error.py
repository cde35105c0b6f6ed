"""Syntax error

## What it checks
Whether every term of the record follows the grammar of RFC 7208 section 12. One finding for each fault,
with the characters at fault.

## Why it matters
One fault anywhere makes the whole record a `permerror`, even where an earlier term would have matched:
receivers treat the mail as if there were no SPF, or refuse it.

## How to fix
Correct the term. Where it can be told what was meant, the corrected record is given.

## References
- RFC 7208 section 4.6
- RFC 7208 section 12
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, own_records, publish
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity, SpfNode, SpfProblem, SpfRecord
from mailproof.records.spf import mended

RULE = Rule("SPF004", "Syntax error", Severity.ERROR, "spf", ("RFC 7208 section 4.6", "RFC 7208 section 12"))
#: Faults that have a rule of their own.
ELSEWHERE = frozenset({"non-ascii", "control-character", "address-family", "address-as-domain"})


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each fault in the grammar."""
    for node, record in own_records(facts):
        for problem in record.problems:
            if problem.fatal and problem.code not in ELSEWHERE:
                snippet = record.text[problem.start : problem.end]
                yield report(
                    RULE,
                    facts.domain,
                    f"The SPF record of {node.domain} is broken at {snippet[:80]!r}: {problem.message}.",
                    location=at(node, problem),
                    fix=fix_for(node, record, problem),
                )


def fix_for(node: SpfNode, record: SpfRecord, problem: SpfProblem) -> Fix:
    """The whole record mended where that can be told; else the one term, or the request to correct it."""
    whole = mended(record)
    if whole is not None:
        return publish("Publish the corrected record", node.domain, whole)
    if problem.suggestion is None:
        return Fix("Correct or remove this term")
    if not problem.suggestion:
        return Fix("Remove these characters")
    return Fix(f"Write {problem.suggestion!r} in place of {record.text[problem.start : problem.end][:80]!r}")
