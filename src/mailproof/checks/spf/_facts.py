"""Shared by the SPF rules: the records of the tree, and locations in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from mailproof.checks.base import Enough, NotApplicable, Reporter, Undetermined, collected, parametrized
from mailproof.model import (
    DomainFacts,
    Location,
    Lookup,
    Qualifier,
    SpfFacts,
    SpfNode,
    SpfProblem,
    SpfRecord,
    SpfTerm,
    SpfTermCost,
)
from mailproof.names import is_within
from mailproof.printable import first_of
from mailproof.structs import kept

#: Records that the domain's owner can edit.
Records: TypeAlias = tuple[tuple[SpfNode, SpfRecord], ...]
#: The record of a term, the evaluation of the term, and the record that it refers to.
Links: TypeAlias = tuple[tuple[SpfNode, SpfTermCost, SpfNode], ...]

#: Shorter prefixes cover more hosts than any one organization sends from.
_WIDEST4, _WIDEST6 = 16, 32


def spf_of(facts: DomainFacts) -> SpfFacts:
    """The SPF facts. Raises Undetermined if the TXT records could not be looked up."""
    spf = collected(facts.spf, "the SPF record could not be collected")
    if spf.root.status == "unknown":
        raise Undetermined.of(*failed(spf.root))
    return spf


def failed(node: SpfNode) -> tuple[Lookup, ...]:
    """The lookup of a node's record, if it failed."""
    return (node.lookup,) if node.lookup is not None and node.lookup.undetermined else ()


def failed_below(node: SpfNode | None) -> Iterator[Lookup]:
    """Yield the failed lookups of a node and everything below it. Bounded by the collector."""
    if node is None:
        return
    yield from failed(node)
    for cost in node.costs:
        yield from (lookup for lookup in cost.lookups if lookup.undetermined)
        yield from failed_below(cost.child)


def record_of(facts: DomainFacts) -> tuple[SpfNode, SpfRecord]:
    """The domain's record. Raises NotApplicable if there is none, or more than one."""
    root = spf_of(facts).root
    if root.status == "limit":
        raise Undetermined(root.reason)
    if root.record is None:
        raise NotApplicable("several SPF records" if root.status == "multiple" else "no SPF record")
    return root, root.record


@kept
def all_nodes(facts: DomainFacts) -> tuple[SpfNode, ...]:
    """Every node of the tree, the root first. Bounded by the collector."""
    nodes = [record_of(facts)[0]]
    for node in nodes:
        nodes.extend(cost.child for cost in node.costs if cost.child is not None)
    return tuple(nodes)


def own_records(facts: DomainFacts, report: Reporter) -> Records:
    """The records that the domain's owner can edit: at the domain and below it, each once."""
    found: dict[str, tuple[SpfNode, SpfRecord]] = {}
    for node in all_nodes(facts):
        inside = is_own(facts, node)
        if inside and node.record is not None:
            found.setdefault(node.domain, (node, node.record))
        elif inside and node.status == "unknown":
            report.unanswered(node.lookup)
        elif inside and node.status == "limit":
            report.unknown(node.reason)
    return tuple(found.values())


def faulty_records(facts: DomainFacts, report: Reporter) -> Records:
    """The owner's records with faults."""
    found = tuple([(node, record) for node, record in own_records(facts, report) if record.problems])
    if not found:
        raise Enough
    return found


def faults(facts: DomainFacts, report: Reporter) -> list[tuple[SpfNode, SpfRecord, SpfProblem]]:
    """Each fault of the owner's records, and its record."""
    return [
        (node, record, problem) for node, record in own_records(facts, report) for problem in record.problems
    ]


def links(facts: DomainFacts, report: Reporter) -> Links:
    """Every ``include`` and ``redirect`` of the tree: its record, the term, and its target."""
    found: dict[tuple[str, int, str], tuple[SpfNode, SpfTermCost, SpfNode]] = {}
    for node in all_nodes(facts):
        report.unanswered(node.lookup)
        for cost in node.costs:
            if cost.child is not None:
                # A record that is included twice is reported once.
                found.setdefault((node.domain, cost.term.start, cost.child.status), (node, cost, cost.child))
    return tuple(found.values())


def is_own(facts: DomainFacts, node: SpfNode) -> bool:
    """Whether the domain's owner can edit the record: it is at the domain or below it."""
    return is_within(node.domain, facts.domain)


def own_costs(facts: DomainFacts, report: Reporter) -> Records:
    """The records whose terms the owner can edit, each once. Reports the terms' failed lookups."""
    found: dict[str, tuple[SpfNode, SpfRecord]] = {}
    for node in all_nodes(facts):
        if is_own(facts, node) and node.record is not None and node.domain not in found:
            found[node.domain] = node, node.record
            for cost in node.costs:
                report.unanswered(*cost.lookups)
    return tuple(found.values())


def widest(term: SpfTerm) -> tuple[int | None, int]:
    """The prefix length, if it is too short, and the address length of its family."""
    if term.kind == "mechanism":
        if term.prefix4 is not None and term.prefix4 < _WIDEST4:
            return term.prefix4, 32
        if term.prefix6 is not None and term.prefix6 < _WIDEST6:
            return term.prefix6, 128
    return None, 0


def policy_of(facts: DomainFacts) -> tuple[SpfNode, SpfRecord]:
    """The record whose ``all`` applies: the domain's own, or the last one of its redirects."""
    node, record = record_of(facts)
    while (redirect := node.redirect) is not None:
        child = redirect.child
        if child is None or child.record is None:
            if child is not None and child.status == "unknown":
                raise Undetermined.of(*failed(child))
            if child is not None and child.status == "limit":
                raise Undetermined(child.reason)
            raise NotApplicable(f"{redirect.term.text} leads to no record")
        node, record = child, child.record
    return node, record


@parametrized
def ending_in(facts: DomainFacts, qualifier: Qualifier) -> list[tuple[SpfNode, SpfRecord, SpfTerm]]:
    """The record of ``policy_of`` and its ``all``, if that has this qualifier."""
    node, record = policy_of(facts)
    end = record.all_term
    return [(node, record, end)] if end is not None and end.qualifier == qualifier else []


def at(node: SpfNode, item: SpfTerm | SpfProblem | None = None) -> Location:
    """The location of a term, of a problem, or of the whole record."""
    text = node.record.text if node.record else (node.records[0] if node.records else "")
    return Location(node.domain, "TXT", text, item.start if item else None, item.end if item else None)


def shown(items: Iterable[str], most: int = 8) -> str:
    """A list for a sentence, truncated if long."""
    return first_of(list(items), most)


def require_complete(facts: DomainFacts) -> None:
    """Raise Undetermined if lookups of the tree failed, so that its counts may be too low."""
    unknown = spf_of(facts).unknown
    if unknown:
        raise Undetermined.of(*unknown)
