"""Computes which addresses get which result from a fetched SPF tree; for each, the first match counts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Literal

from msgspec import Struct

from mailproof.model import (
    MAX_LOOKUPS,
    MAX_MX_NAMES,
    MAX_VOID_LOOKUPS,
    Qualifier,
    SpfAllowed,
    SpfNode,
    SpfTerm,
    SpfTermCost,
)
from mailproof.model.numbers import Large
from mailproof.records.address_set import EVERYTHING, NOTHING, AddressSet
from mailproof.records.networks import parse_network, unroutable
from mailproof.structs import kept, replace

#: A tree with more mechanisms, or more changes between + - ~ ?, is not evaluated.
MAX_TERMS = 20_000
MAX_SWITCHES = 300
#: The number of ranges that a report lists.
MOST_RANGES = 1000

#: The number of public IPv6 addresses: 2000::/3.
_PUBLIC = 1 << 125
#: Whether any host passes.
SpfReach = Literal["someone", "none", "permerror", "unknown"]
#: What a term matches: its addresses, and the terms below it that no list of addresses can replace.
Matched = tuple[AddressSet, tuple[str, ...]]


class SpfPartition(Struct, frozen=True, dict=True):
    """The addresses by the qualifier of the first term that matches; all others match none (neutral).

    ``runs`` are the terms in order, with consecutive terms of the same qualifier merged, which matters for
    thousands of ranges. ``open_terms`` depend on the message, on PTR names, or on failed lookups: they may
    match more addresses, but are assumed to match none.
    """

    runs: tuple[tuple[Qualifier, AddressSet], ...] = ()
    open_terms: tuple[str, ...] = ()

    def of(self, qualifier: Qualifier) -> AddressSet:
        """The addresses with this qualifier: each run overrides later ones."""
        found = NOTHING
        for own, addresses in reversed(self.runs):
            found = found | addresses if own == qualifier else found - addresses
        return found

    @cached_property
    def passing(self) -> AddressSet:
        """The addresses that pass."""
        return self.of("+")


@kept  # shared by several rules and the report of allowed addresses
def partition_of(node: SpfNode) -> SpfPartition:
    """The partition of a tree.

    Ignores the limits of RFC 7208 section 4.6.4: this is what the owner intends to allow.
    """
    own = partition(
        (cost.term, matched_by(node, cost)) for cost in node.costs if cost.term.kind == "mechanism"
    )
    cost = node.redirect
    if cost is None or cost.child is None:
        return own
    if cost.child.status != "ok":
        return SpfPartition(own.runs, (*own.open_terms, _named(node, cost)))
    other = partition_of(cost.child)
    return SpfPartition(own.runs + other.runs, own.open_terms + other.open_terms)


def partition(terms: Iterable[tuple[SpfTerm, Matched]]) -> SpfPartition:
    """Build a partition from terms in order, each with what it matches."""
    runs: list[tuple[Qualifier, list[AddressSet]]] = []
    open_terms: list[str] = []
    for term, (addresses, unsure) in terms:
        if not runs or runs[-1][0] != term.qualifier:
            runs.append((term.qualifier, []))
        runs[-1][1].append(addresses)
        open_terms += unsure
        if term.name == "all":
            break
    merged = tuple([(qualifier, AddressSet.union(sets)) for qualifier, sets in runs])
    return SpfPartition(merged, tuple(dict.fromkeys(open_terms)))


def _named(node: SpfNode, cost: SpfTermCost) -> str:
    return f"{cost.term.text} (in {node.domain})"


@kept
def evaluable(root: SpfNode) -> bool:
    """Whether the tree is small enough to be evaluated; any that a receiver evaluates is."""
    terms = switches = 0
    waiting = [root]
    while waiting:
        node = waiting.pop()
        last = ""
        for cost in node.costs:
            if cost.term.kind == "mechanism":
                terms += 1 + len(cost.networks)
                switches += last not in ("", cost.term.qualifier)
                last = cost.term.qualifier
            if cost.child is not None:
                waiting.append(cost.child)
    return terms <= MAX_TERMS and switches <= MAX_SWITCHES


def matched_by(node: SpfNode, cost: SpfTermCost) -> Matched:
    """What a mechanism of a record matches."""
    term = cost.term
    if term.name == "all":
        return EVERYTHING, ()
    if term.name == "include":
        if cost.child is None or cost.child.status != "ok":
            return NOTHING, (_named(node, cost),)
        below = partition_of(cost.child)
        return below.passing, below.open_terms
    if matches_everyone(cost):
        return EVERYTHING, ()
    if term.costs_lookup and (not cost.lookups or any(lookup.undetermined for lookup in cost.lookups)):
        return AddressSet.of(cost.networks), (_named(node, cost),)
    return AddressSet.of(cost.networks), ()


def most_pass(root: SpfNode) -> str:
    """The family of which at least half of all public addresses pass, so anyone can send; "" if none."""
    four, six = partition_of(root).passing.counts
    return "IPv4" if four >= EVERYTHING.counts[0] // 2 else "IPv6" if six >= _PUBLIC // 2 else ""


def matches_everyone(cost: SpfTermCost) -> bool:
    """Whether it is an ``exists`` with the same name for all clients, and the name has an address."""
    return cost.term.name == "exists" and any(lookup.found for lookup in cost.lookups)


def allowed_of(root: SpfNode) -> SpfAllowed | None:
    """The passing addresses for the report; None without a usable record, or if the tree is too large."""
    if root.status != "ok" or root.record is None or not evaluable(root):
        return None
    whole = partition_of(root)
    allowed = _shown(whole.passing)
    return replace(allowed, open_terms=whole.open_terms) if whole.open_terms else allowed


@lru_cache(256)  # many domains allow the same addresses, those of their provider
def _shown(passing: AddressSet) -> SpfAllowed:
    networks = passing.networks
    by_size = sorted(networks, key=lambda n: (":" in n, int(n.partition("/")[2])))
    four, six = passing.counts
    return SpfAllowed(
        ipv4=four,
        ipv6=Large(six),
        range_count=len(networks),
        ranges=networks[:MOST_RANGES],
        largest=(*by_size[:3], *[n for n in by_size[3:] if ":" in n][:2]),
    )


@kept
def reach_of(root: SpfNode) -> SpfReach:
    """Whether any host on the Internet can pass, evaluating the tree as receivers do: up to a permerror.

    Terms that depend on the message are assumed to pass.
    """
    if root.status != "ok":
        return "unknown" if root.status == "unknown" else "someone" if root.status == "macro" else "permerror"
    unknown = False
    for cost in root.costs:
        term = cost.term
        reach: SpfReach = "none"
        if term.costs_lookup and cost.lookups_before >= MAX_LOOKUPS:
            return "unknown" if unknown else "permerror"
        if cost.child is not None:
            reach = reach_of(cost.child)
        elif term.kind == "mechanism":
            reach = _matched(cost)
        if reach == "none" and cost.voids_after > MAX_VOID_LOOKUPS:
            reach = "permerror"
        if reach == "permerror" or term.name == "all":
            return "unknown" if unknown and reach != "someone" else reach
        if reach == "someone" and term.qualifier == "+":
            return "someone"
        unknown = unknown or (reach == "unknown" and term.qualifier == "+")
    return "unknown" if unknown else "none"


def _matched(cost: SpfTermCost) -> SpfReach:
    """Whether a mechanism other than ``include`` matches any host; for ``all``, whether it passes."""
    term = cost.term
    if term.name == "all":
        return "someone" if term.qualifier == "+" else "none"
    if matches_everyone(cost) or term.name == "ptr" or ("%" in term.value and not cost.lookups):
        return "someone"
    if any(lookup.rrtype == "MX" and len(lookup.records) > MAX_MX_NAMES for lookup in cost.lookups):
        return "permerror"
    networks = (parse_network(text) for text in cost.networks)
    if any(network is not None and not unroutable(network) for network in networks):
        return "someone"
    return "unknown" if any(lookup.undetermined for lookup in cost.lookups) else "none"
