"""SPF: same term twice

## What it checks
The mechanisms of the record. The rule fires where one is repeated.

## Why it matters
The second never matches anything that the first does not. If it needs a lookup, it wastes one of the 10.

## How to fix
Remove the second.

## Example
Before:

    acme.example. TXT "v=spf1 include:esp.example ip4:192.0.2.10 include:ESP.example -all"

After:

    acme.example. TXT "v=spf1 include:esp.example ip4:192.0.2.10 -all"

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.spf import without


@declare(Severity.INFO, each=own_records, consequence="tidy")
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
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
            fix=publish(facts, node, "Remove the repetition", without(record, again), "improvement"),
        )
