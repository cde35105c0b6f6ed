"""SPF: range within another range

## What it checks
The `ip4` and `ip6` terms of the record. The rule fires where one is wholly within another of the same
record.

## Why it matters
The smaller range changes nothing. It makes the record longer and misleads whoever removes the larger one
later.

## How to fix
Remove the smaller range, or the larger one if it is too wide.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.10 -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.0/24 -all"

## References
- RFC 7208 section 5.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records, widest
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.networks import Network, parse_network
from mailproof.records.spf import without

_MOST = 300


@declare(Severity.INFO, each=own_records, because_of="SPF017")
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    ranges: list[tuple[SpfTerm, Network]] = []
    for term in record.terms:
        network = parse_network(term.value) if term.name in ("ip4", "ip6") else None
        if (
            network is not None
            and term.kind == "mechanism"
            and term.qualifier == "+"
            and widest(term)[0] is None  # SPF015 reports it
            and len(ranges) < _MOST
        ):
            ranges.append((term, network))
    wider = _wider(ranges)
    fixed = without(record, list(wider))
    for term, within in wider.items():
        report(
            f"{term.text} in the SPF record of {node.domain} is within {within.text}.",
            location=at(node, term),
            fix=publish(facts, node, "Remove the smaller range", fixed, "improvement"),
        )


def _wider(ranges: list[tuple[SpfTerm, Network]]) -> dict[SpfTerm, SpfTerm]:
    """The first term that covers each term, and more; searched by prefix length, not pairwise."""
    first: dict[Network, tuple[int, SpfTerm]] = {}
    for number, (term, network) in enumerate(ranges):
        first.setdefault(network, (number, term))
    lengths = sorted({network.prefixlen for network in first})
    found: dict[SpfTerm, SpfTerm] = {}
    for term, network in ranges:
        around = (network.supernet(new_prefix=size) for size in lengths if size < network.prefixlen)
        if holders := [first[wide] for wide in around if wide in first]:
            found[term] = min(holders, key=lambda pair: pair[0])[1]
    return found
