"""An include leads to no SPF record

## What it checks
Whether each `include` in the record, and in what it includes, leads to a domain with an SPF record.

## Why it matters
An include without a record is a `permerror` for the whole record. Where the domain does not exist at
all, whoever registers it decides who may send for yours.

## How to fix
Correct the name, or remove the include if the service is no longer used.

## References
- RFC 7208 section 5.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import at, links, mend, without
from mailproof.model import DomainFacts, Finding, Rule, Severity

RULE = Rule("SPF010", "An include leads to no SPF record", Severity.ERROR, "spf", ("RFC 7208 section 5.2",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each ``include`` without a record."""
    for node, cost, child in links(facts, "include"):
        if child.status != "none" or node.record is None:
            continue
        dead = [
            c.term for c in node.costs if c.term.name == "include" and c.child and c.child.status == "none"
        ]
        gone = child.lookup is not None and child.lookup.status == "nxdomain"
        risk = " If it is free, whoever registers it may send for yours." if gone else ""
        fix = mend(facts, node, "Correct the name, or remove the include", without(node.record, dead))
        yield report(
            RULE,
            facts.domain,
            f"{cost.term.text} in the SPF record of {node.domain} ends in permerror: {child.reason}.{risk}",
            location=at(node, cost.term),
            evidence=(child.lookup.describe(),) if child.lookup else (),
            fix=fix,
        )
