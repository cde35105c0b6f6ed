"""The record is long

## What it checks
Whether the record is longer than 450 octets.

## Why it matters
RFC 7208 asks for records that fit into a DNS answer of 512 octets together with all that surrounds
them. Longer ones need TCP or EDNS, which not every receiver or firewall lets through: then the result
is `temperror`.

## How to fix
Move part of the terms into a record of their own, and include it. Each include costs a look-up.

## References
- RFC 7208 section 3.4
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, own_records, rewritten
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Rule, Severity, SpfNode, SpfRecord

RULE = Rule("SPF020", "The record is long", Severity.WARNING, "spf", ("RFC 7208 section 3.4",))
_LONGEST = 450


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each long record."""
    for node, record in own_records(facts):
        size = len(record.text.encode("utf-8", "surrogateescape"))
        if size <= _LONGEST:
            continue
        yield report(
            RULE,
            facts.domain,
            f"The SPF record of {node.domain} has {size} octets, more than the {_LONGEST} that are safe in a "
            "DNS answer of 512.",
            location=at(node),
            fix=_fix(node, record),
        )


def _fix(node: SpfNode, record: SpfRecord) -> Fix:
    """The addresses moved to a record of their own, where that makes both short enough."""
    moved = [
        term
        for term in record.terms
        if term.kind == "mechanism" and term.name in ("ip4", "ip6") and term.qualifier == "+"
    ]
    name = f"_spf.{node.domain}"
    apart = " ".join(("v=spf1", *(term.text for term in moved), "-all"))
    if len(moved) > 1:
        first, *rest = moved
        short = rewritten(record, [(first, f"include:{name}"), *((term, "") for term in rest)])
        if max(len(short), len(apart)) <= _LONGEST:
            records = (FixRecord(name, "TXT", apart), FixRecord(node.domain, "TXT", short))
            return Fix("Move the addresses into a record of their own", records)
    return Fix("Split it: move part of the terms into records of their own, and include those")
