"""SPF: mx expands to more than 10 hosts

## What it checks
The MX records of each domain that an `mx` mechanism names. The rule fires on more than 10.

## Why it matters
Receivers must not look up more than 10 of them: the result is `permerror` for the whole record.

## How to fix
List the sending hosts with `ip4`, `ip6` or `a` instead of `mx`.

## Example
Before:

    acme.example. TXT "v=spf1 mx -all" ; with 11 MX records

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.0/28 -all"

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import all_nodes, at
from mailproof.model import MAX_MX_NAMES, DomainFacts, Severity


@declare(Severity.ERROR)
def check(facts: DomainFacts, report: Reporter) -> None:
    seen: set[str] = set()
    for node in all_nodes(facts):
        if node.domain in seen:
            continue
        if node.costs:
            seen.add(node.domain)
        for cost in node.costs:
            mx = next((lookup for lookup in cost.lookups if lookup.rrtype == "MX"), None)
            if mx is None:
                continue
            if mx.undetermined:
                report.unanswered(mx)
            elif len(mx.records) > MAX_MX_NAMES:
                report(
                    f"{cost.term.text} in the SPF record of {node.domain} causes permerror: {mx.name} has "
                    f"{len(mx.records)} MX records, and receivers look up {MAX_MX_NAMES} at most.",
                    location=at(node, cost.term),
                    evidence=mx.records[:20],
                    fix=f"Replace {cost.term.text} with ip4 and ip6 terms for the hosts that send",
                )
