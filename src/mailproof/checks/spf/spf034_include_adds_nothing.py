"""An include adds no address

## What it checks
Whether each `include` of the owner's records lets pass any address that the terms before it do not decide
already.

## Why it matters
Each include costs at least one of the ten look-ups. One that adds nothing costs them for nothing, and
whoever owns it later decides who may send for the domain.

## How to fix
Remove the include.

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 5.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Undetermined, report
from mailproof.checks.spf._facts import at, own_records, publish, record_of, without
from mailproof.model import DomainFacts, Finding, Rule, Severity, SpfTermCost
from mailproof.records.address_set import NOTHING, AddressSet
from mailproof.records.spf.allowed import evaluable, matched_by

RULE = Rule(
    "SPF034",
    "An include adds no address",
    Severity.WARNING,
    "spf",
    ("RFC 7208 section 4.6.4", "RFC 7208 section 5.2"),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each include whose addresses the terms before it decide."""
    root, _ = record_of(facts)
    if not evaluable(root):
        raise NotApplicable("the tree is too large to be compared")
    unknown: list[str] = []
    for node, record in own_records(facts):
        useless: list[tuple[SpfTermCost, AddressSet]] = []
        decided, since = NOTHING, list[AddressSet]()
        for cost in node.costs:
            if cost.term.kind != "mechanism":
                continue
            if cost.term.name == "all":
                break
            addresses, open_terms = matched_by(node, cost)
            if cost.term.name == "include" and open_terms and cost.child and cost.child.status == "unknown":
                unknown.append(cost.child.reason)
            elif cost.term.name == "include" and not open_terms:
                decided, since = AddressSet.union((decided, *since)), []
                if addresses <= decided:
                    useless.append((cost, addresses))
            since.append(addresses)
        fixed = without(record, [cost.term for cost, _ in useless])
        for cost, addresses in useless:
            count = cost.lookups_after - cost.lookups_before
            yield report(
                RULE,
                facts.domain,
                f"{cost.term.text} in the SPF record of {node.domain} costs {count} look-up"
                f"{'s' if count != 1 else ''} and adds no address: the terms before it decide all of them.",
                location=at(node, cost.term),
                evidence=tuple(str(network) for network in addresses.networks[:10]),
                fix=publish("Remove the include", node.domain, fixed),
            )
    if unknown:
        raise Undetermined("; ".join(unknown[:5]))
