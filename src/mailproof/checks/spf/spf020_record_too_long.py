"""SPF: record longer than 450 octets

## What it checks
The length of the record: the rule fires above 450 octets. It also fires where the record and what it includes
have more than 65,536 octets in all, of which no more is read.

## Why it matters
RFC 7208 asks for records that fit into a DNS answer of 512 octets with everything around them. Longer ones
need EDNS, and those over 1,232 octets need TCP, which not every receiver or firewall lets through: then the
result is `temperror`. RFC 7208 section 11.1 asks receivers to limit what they read in all.

## How to fix
Move part of the terms into a record of their own, and include it. Each `include` costs a lookup.

## Example
Before:

    acme.example. TXT "v=spf1 include:esp.example ip4:198.51.100.100 ip4:198.51.100.101 … -all" ; 500 octets

After:

    acme.example.       TXT "v=spf1 include:esp.example include:_spf1.acme.example -all"
    _spf1.acme.example. TXT "v=spf1 ip4:198.51.100.100 ip4:198.51.100.101 … -all"

## References
- RFC 7208 section 3.4
- RFC 7208 section 11.1
"""

from mailproof.checks.base import Reporter, decision, declare, improvement
from mailproof.checks.spf._facts import at, own_records, spf_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import MAX_LOOKUPS, DomainFacts, Fix, FixRecord, Severity, SpfNode, SpfRecord
from mailproof.records.address_set import AddressSet
from mailproof.records.spf import as_term, rewritten
from mailproof.structs import replace

_LONGEST = 450
#: The EDNS size that avoids fragmentation (DNS flag day 2020).
EDNS = 1232


@declare(Severity.WARNING, consequence="tidy")
def check(facts: DomainFacts, report: Reporter) -> None:
    if unread := _unread(spf_of(facts).root):
        report(
            f"The SPF record of {unread.domain} is not read: {unread.reason}.",
            location=at(unread),
            fix="Leave out what no longer sends for you, and include no record of this size",
        )
    for node, record in own_records(facts, report):
        size = len(record.text.encode("utf-8", "surrogateescape"))
        if size <= _LONGEST:
            continue
        report(
            f"The SPF record of {node.domain} is {size} octets long; more than {_LONGEST} may not fit in a "
            "DNS answer of 512.",
            location=at(node),
            fix=_fix(facts, node, record),
            severity=Severity.INFO if size <= EDNS - 100 else None,
        )


def _unread(root: SpfNode) -> SpfNode | None:
    """The first record that was not read because of the size limit. Bounded by the collector."""
    waiting = [root]
    for node in waiting:
        if node.status == "limit" and node.records:
            return node
        waiting.extend(cost.child for cost in node.costs if cost.child is not None)
    return None


def _fix(facts: DomainFacts, node: SpfNode, record: SpfRecord) -> Fix:
    """Join adjacent ranges; else move the addresses to separate records."""
    moved = [
        term
        for term in record.terms
        if term.kind == "mechanism" and term.name in ("ip4", "ip6") and term.qualifier == "+"
    ]
    if len(moved) < 2:
        return improvement("Move part of the terms into records of their own, and include those")
    first, *rest = moved
    networks = [as_term(network) for network in AddressSet.of(term.value for term in moved).networks]
    short = rewritten(record, [(first, " ".join(networks)), *((term, "") for term in rest)])
    if len(short) <= _LONGEST:
        return publish(facts, node, "Join adjacent ranges", short, "improvement")
    parts = _parts(networks)
    names = [f"_spf{number}.{node.domain}" for number in range(1, len(parts) + 1)]
    includes = " ".join(f"include:{name}" for name in names)
    short = rewritten(record, [(first, includes), *((term, "") for term in rest)])
    room = MAX_LOOKUPS - spf_of(facts).lookup_count
    if len(short) > _LONGEST or len(parts) > room:
        return decision("Move part of the terms into records of their own, and remove those no longer used")
    apart = (FixRecord(name, "TXT", text) for name, text in zip(names, parts, strict=True))
    summary = f"Move the addresses into records of their own; lookups added: {len(parts)}"
    fix = publish(facts, node, summary, short, "improvement")
    return replace(fix, records=(*apart, *fix.records)) if fix.records else fix


def _parts(networks: list[str]) -> list[str]:
    """Split the networks into records that are short enough."""
    parts: list[str] = []
    line = "v=spf1"
    for network in networks:
        if len(line) + len(network) + 6 > _LONGEST:
            parts.append(f"{line} -all")
            line = "v=spf1"
        line = f"{line} {network}"
    return [*parts, f"{line} -all"]
