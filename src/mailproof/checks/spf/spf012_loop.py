"""SPF: record includes itself

## What it checks
Each `include` and `redirect` of the SPF tree. The rule fires where one leads back to a domain that led to it.

## Why it matters
Receivers follow the loop until the 10th lookup and end in `permerror` for every host that no term has matched
by then.

## How to fix
Remove the term that leads back. Where two domains share terms, put the common ones into a record of their own
that both include.

## Example
Before:

    acme.example.      TXT "v=spf1 include:_spf.acme.example -all"
    _spf.acme.example. TXT "v=spf1 ip4:192.0.2.10 include:acme.example -all"

After:

    acme.example.      TXT "v=spf1 include:_spf.acme.example -all"
    _spf.acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, links
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfTermCost
from mailproof.records.spf import rewritten, without


@declare(Severity.ERROR, each=links)
def check(facts: DomainFacts, node: SpfNode, cost: SpfTermCost, child: SpfNode, report: Reporter) -> None:
    if child.status == "loop" and node.record is not None:
        # An include of the record itself adds nothing.
        name = cost.term.name
        if name == "include" and child.domain == node.domain:
            text = without(node.record, [cost.term])
            fix = publish(facts, node, "Remove the term that leads back", text)
        elif child.domain == node.domain:
            text = rewritten(node.record, [(cost.term, "~all")])
            fix = publish(facts, node, "End the record in ~all instead", text, "decision")
        else:
            summary = f"Decide which record keeps the terms, and remove the {name} from the other"
            fix = publish(facts, node, summary, None, "decision")
        report(
            f"{cost.term.text} in the SPF record of {node.domain} leads back to a "
            f"record it came from: {child.reason}.",
            location=at(node, cost.term),
            evidence=(child.reason,),
            fix=fix,
        )
