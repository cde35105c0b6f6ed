"""mx stands for more than ten hosts

## What it checks
Whether a domain named by an `mx` mechanism has more than ten MX records.

## Why it matters
Receivers must not look at more than ten: the result is `permerror` for the whole record.

## How to fix
Name the sending hosts by `ip4`, `ip6` or `a` in place of `mx`.

## References
- RFC 7208 section 4.6.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import all_nodes, at
from mailproof.model import MAX_MX_NAMES, DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each ``mx`` with more than ten names."""
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
                    f"{cost.term.text} in the SPF record of {node.domain} ends in permerror: {mx.name} has "
                    f"{len(mx.records)} MX records, and receivers look at {MAX_MX_NAMES} at most.",
                    location=at(node, cost.term),
                    evidence=mx.records[:20],
                    fix=Fix(f"Replace {cost.term.text} by ip4 and ip6 terms for the hosts that send"),
                )
