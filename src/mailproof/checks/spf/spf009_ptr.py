"""SPF: deprecated ptr mechanism

## What it checks
The mechanisms of the record. The rule fires on `ptr`.

## Why it matters
RFC 7208 says not to publish it: it is slow, it fails when the reverse zone does, and it burdens the name
servers of arpa. Some receivers skip it or discard the whole record. It costs one of the 10 lookups.

## How to fix
List the hosts with `ip4`, `ip6`, `a` or `mx`.

## Example
Before:

    acme.example. TXT "v=spf1 ptr:acme.example ip4:192.0.2.10 -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ip4:192.0.2.11 -all"

## References
- RFC 7208 section 5.5
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.spf._facts import at, own_records
from mailproof.model import Severity, SpfNode, SpfRecord


@declare(Severity.WARNING, each=own_records)
def check(node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    for term in record.terms:
        if term.kind != "mechanism" or term.name != "ptr":
            continue
        report(
            f"The SPF record of {node.domain} uses {term.text}, which RFC 7208 says not to publish and "
            "which some receivers ignore.",
            location=at(node, term),
            fix=improvement("Find out which hosts it matches, list them with ip4 or ip6, then remove it"),
        )
