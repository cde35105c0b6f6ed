"""An included record is broken

## What it checks
Whether the records that the domain includes, or is redirected to, can be evaluated: one SPF record
each, without a syntax error.

## Why it matters
A `permerror` in an included record is a `permerror` for the whole of yours, whoever published it.

## How to fix
Tell the owner of the included domain; until it is corrected, remove the include.

## References
- RFC 7208 section 5.2
- RFC 7208 section 6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, is_own, links
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for name in ("include", "redirect"):
        for node, cost, child in links(facts, report, name):
            if child.status != "multiple" and (child.status != "syntax" or is_own(facts, child)):
                continue  # a syntax error in a record of one's own is SPF004's
            fault = next((p for p in child.record.problems if p.fatal), None) if child.record else None
            where = (
                f" at {child.record.text[fault.start : fault.end][:60]!r}" if child.record and fault else ""
            )
            report(
                f"{cost.term.text} in the SPF record of {node.domain} ends in permerror: the record of "
                f"{child.domain} is broken{where} ({child.reason}).",
                location=at(node, cost.term),
                evidence=child.records[:5],
                fix=Fix(
                    f"Have {child.domain} corrected by its owner, or remove {cost.term.text} until it is",
                    kind="decision",
                ),
            )
