"""ptr is used

## What it checks
Whether the record uses the mechanism `ptr`.

## Why it matters
RFC 7208 says that it should not be published: it is slow, it fails when a reverse zone does, it burdens
the arpa name servers, and some receivers skip it or drop the whole record. It costs one of the ten
lookups.

## How to fix
Name the hosts by `ip4`, `ip6`, `a` or `mx`.

## References
- RFC 7208 section 5.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each ``ptr``."""
    for node, record in own_records(facts, report):
        for term in record.terms:
            if term.kind != "mechanism" or term.name != "ptr":
                continue
            report(
                f"The SPF record of {node.domain} uses {term.text}, which RFC 7208 says not to publish and "
                "some receivers ignore.",
                location=at(node, term),
                fix=Fix(
                    "Find out which hosts it stands for, name them by ip4 or ip6, then remove it",
                    kind="improvement",
                ),
            )
