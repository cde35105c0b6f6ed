"""The same term twice

## What it checks
Whether a mechanism is in the record more than once.

## Why it matters
The second never matches what the first did not. Where it costs a lookup, it wastes one of the ten.

## How to fix
Remove the second.

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfTerm
from mailproof.records.spf import without

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    for node, record in own_records(facts, report):
        seen: set[str] = set()
        again: list[SpfTerm] = []
        for term in record.terms:
            if term.kind != "mechanism" or term.name == "all":
                continue
            key = term.text.lower().lstrip("+-~?").rstrip(".")
            if key in seen:
                again.append(term)
            seen.add(key)
        for term in {term.text.lower(): term for term in again}.values():
            costly = " and wastes a DNS lookup" if term.costs_lookup else ""
            report(
                f"{term.text} is in the SPF record of {node.domain} twice{costly}.",
                location=at(node, term),
                fix=publish(facts, node, "Remove it", without(record, again), "improvement"),
            )
