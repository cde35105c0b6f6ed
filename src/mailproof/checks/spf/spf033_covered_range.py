"""A range lies within another

## What it checks
Whether an `ip4` or `ip6` term lies wholly within another of the same record.

## Why it matters
The smaller one changes nothing. It makes the record longer, and misleads whoever later removes the
larger one.

## How to fix
Remove the smaller range, or the larger one if it is too wide.

## References
- RFC 7208 section 5.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfTerm
from mailproof.records.networks import Network, contains, parse_network
from mailproof.records.spf import without

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("SPF017",))
_MOST = 300


def check(facts: DomainFacts, report: Reporter) -> None:
    for node, record in own_records(facts, report):
        ranges: list[tuple[SpfTerm, Network]] = []
        for term in record.terms:
            network = parse_network(term.value) if term.name in ("ip4", "ip6") else None
            if (
                network is not None
                and term.kind == "mechanism"
                and term.qualifier == "+"
                and len(ranges) < _MOST
            ):
                ranges.append((term, network))
        wider = {
            term: next((t for t, n in ranges if n != network and contains(n, network)), None)
            for term, network in ranges
        }
        fixed = without(record, [term for term, within in wider.items() if within is not None])
        for term, within in wider.items():
            if within is not None:
                report(
                    f"{term.text} in the SPF record of {node.domain} lies within {within.text}.",
                    location=at(node, term),
                    fix=publish(facts, node, "Remove it", fixed, "improvement"),
                )
