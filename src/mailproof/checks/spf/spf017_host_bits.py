"""SPF: host bits set in a network

## What it checks
The networks in `ip4` and `ip6` terms. The rule fires where the address before the prefix length is not the
first of the network.

## Why it matters
Receivers ignore the host bits, so the whole network may send: `ip4:192.0.2.9/24` allows 256 hosts. Often a
single host was meant.

## How to fix
Leave the prefix length out if you mean one host, or give the network's first address if you mean all of it.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.9/24 -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.9 -all"

## References
- RFC 7208 section 5.6
"""

from ipaddress import ip_interface

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.spf import rewritten


@declare(Severity.WARNING, each=own_records, consequence="tidy")
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    changes = [(term, whole) for term in record.terms if (whole := _whole(term))]
    fixed = rewritten(record, changes)
    for term, _ in changes:
        interface = ip_interface(term.value)
        network = interface.network
        bits = network.max_prefixlen - network.prefixlen
        many = network.num_addresses if bits <= 24 else f"2^{bits}"
        summary = f"Write {term.name}:{network}, or {term.name}:{interface.ip} if only that host sends"
        report(
            f"{term.text} in the SPF record of {node.domain} means {network}, all {many} addresses of it.",
            location=at(node, term),
            fix=publish(facts, node, summary, fixed, "improvement"),
        )


def _whole(term: SpfTerm) -> str:
    """The term with the network address; empty if it is already correct."""
    if term.kind != "mechanism" or term.name not in ("ip4", "ip6") or "/" not in term.value:
        return ""
    interface = ip_interface(term.value)
    network = interface.network
    if interface.ip == network.network_address or not network.prefixlen:
        return ""
    qualifier = term.qualifier if term.text[0] == term.qualifier else ""
    return f"{qualifier}{term.name}:{network}"
