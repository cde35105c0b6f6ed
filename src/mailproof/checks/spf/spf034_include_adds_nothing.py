"""SPF: include adds no address

## What it checks
Each `include` in your own records. The rule fires where the terms before it already decide every address that
it lets pass.

## Why it matters
Each `include` costs at least one of the 10 lookups. Two services that share addresses today are not a fault:
the owner of either may change them tomorrow, and then the `include` is needed.

## How to fix
Remove the `include` if the service is no longer used, or if you need the lookups. Where an earlier term
(`?ip4`, `-a`) matches its hosts so that they don't pass, move the `include` before it.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:198.51.100.0/24 include:esp.example -all"
    esp.example.  TXT "v=spf1 ip4:198.51.100.0/25 -all"

After:

    acme.example. TXT "v=spf1 ip4:198.51.100.0/24 -all"

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 5.2
"""

from mailproof.checks.base import NotApplicable, Reporter, decision, declare
from mailproof.checks.spf._facts import at, failed_below, own_records, record_of, widest
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTermCost
from mailproof.records.address_set import EVERYTHING, NOTHING, AddressSet
from mailproof.records.spf.allowed import evaluable, matched_by


@declare(Severity.INFO, record_of, because_of="SPF025", consequence="tidy")
def check(facts: DomainFacts, found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    root, _ = found
    if not evaluable(root):
        raise NotApplicable("the SPF tree is too large to compare")
    for node, _ in own_records(facts, report):
        useless: list[tuple[SpfTermCost, AddressSet]] = []
        decided, since = NOTHING, list[AddressSet]()
        for cost in node.costs:
            if cost.term.kind != "mechanism":
                continue
            if cost.term.name == "all":
                break
            addresses, open_terms = matched_by(node, cost)
            if cost.term.name == "include" and open_terms:
                report.unanswered(*failed_below(cost.child))
            elif cost.term.name == "include":
                decided, since = AddressSet.union((decided, *since)), []
                if addresses <= decided:
                    useless.append((cost, addresses))
            too_wide = addresses == EVERYTHING or widest(cost.term)[0] is not None
            if cost.term.qualifier != "+" or not too_wide:  # otherwise it is the term to remove
                since.append(addresses)
        for cost, addresses in useless:
            count = cost.lookups_after - cost.lookups_before
            first = _shut_out(node, cost, addresses)
            why = f"{first} matches some of them first" if first else "earlier terms cover them all"
            move = f"Move it before {first} if its hosts send for the domain"
            keep = "Remove it if the service is no longer used; its owner may add addresses at any time"
            report(
                f"{cost.term.text} in the SPF record of {node.domain} costs {count} lookup"
                f"{'s' if count != 1 else ''} and adds no address today: {why}.",
                location=at(node, cost.term),
                evidence=addresses.networks[:10],
                fix=decision(move if first else keep),
                severity=Severity.WARNING if first else None,
            )


def _shut_out(node: SpfNode, include: SpfTermCost, left: AddressSet) -> str:
    """The earlier term that prevents hosts of an include from passing; empty if there is none."""
    if include.term.qualifier != "+":
        return ""
    for cost in node.costs[: node.costs.index(include)]:
        if cost.term.kind == "mechanism":
            addresses = matched_by(node, cost)[0] & left
            if addresses and cost.term.qualifier != "+":
                return cost.term.text
            left -= addresses
    return ""
