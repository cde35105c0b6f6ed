"""SPF: included record ends in +all

## What it checks
The records that the domain includes. The rule fires where one ends in `+all`.

## Why it matters
The `include` then matches every host in the world, and so does your record, whatever it ends in.

## How to fix
Remove the `include`, and ask the service for its own sending hosts.

## Example
Before:

    acme.example. TXT "v=spf1 include:open.example -all"
    open.example. TXT "v=spf1 +all"

After:

    acme.example. TXT "v=spf1 ip4:203.0.113.0/24 -all"

## References
- RFC 7208 section 5.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, links
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfTermCost
from mailproof.records.spf import without


@declare(Severity.ERROR, each=links, consequence="forged")
def check(facts: DomainFacts, node: SpfNode, cost: SpfTermCost, child: SpfNode, report: Reporter) -> None:
    end = child.record.all_term if child.record else None
    if cost.term.name != "include" or end is None or end.qualifier != "+" or node.record is None:
        return
    summary = "Remove the include, and list the service's own hosts"
    report(
        f"{cost.term.text} in the SPF record of {node.domain} matches every host in the world, because "
        f"the record of {child.domain} ends in {end.text}.",
        location=at(node, cost.term),
        evidence=child.records[:1],
        fix=publish(facts, node, summary, without(node.record, [cost.term]), "decision"),
    )
