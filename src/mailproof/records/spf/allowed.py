"""Which addresses a fetched SPF tree gives which result: its terms in order, each over what is left."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise
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
from mailproof.structs import kept

#: A tree of more mechanisms, or more changes between + - ~ ? than these, is not evaluated.
MAX_TERMS = 20_000
MAX_SWITCHES = 300
#: As many ranges as a report lists.
MOST_RANGES = 1000

#: Whether there is a host that passes.
SpfReach = Literal["someone", "nobody", "permerror", "unknown"]
#: What a term allows: its addresses, and the terms below it that no list of addresses can replace.
Matched = tuple[AddressSet, tuple[str, ...]]


class SpfPartition(Struct, frozen=True):
    """The addresses by the qualifier of the term that they match first; the rest match none (neutral).

    ``open_terms`` depend on the message, on PTR names, or on what could not be found out: they may match
    more addresses, and are taken to match none.
    """

    passing: AddressSet = NOTHING
    failing: AddressSet = NOTHING
    softfailing: AddressSet = NOTHING
    neutral: AddressSet = NOTHING
    open_terms: tuple[str, ...] = ()

    @property
    def rest(self) -> AddressSet:
        """What no term matches."""
        return EVERYTHING - (self.passing | self.failing | self.softfailing | self.neutral)

    @property
    def as_neutral(self) -> AddressSet:
        """What comes to neutral, by a term or for want of one."""
        return self.neutral | self.rest


@kept  # several rules and the report of what is allowed want it
def partition_of(node: SpfNode) -> SpfPartition:
    """The partition of a tree.

    The limits of RFC 7208 section 4.6.4 are left aside: it is what the owner means to allow.
    """
    terms: list[tuple[SpfTerm, Matched]] = []
    for cost in node.costs:
        if cost.term.kind == "mechanism":
            terms.append((cost.term, matched_by(node, cost)))
    redirect = None
    if node.record is not None and node.record.all_term is None:
        term = node.record.redirect
        redirect = next((cost for cost in node.costs if cost.term is term), None)
    own = partition(terms)
    if redirect is None or redirect.child is None:
        return own
    if redirect.child.status != "ok":
        return _with_open(own, (_named(node, redirect),))
    other = partition_of(redirect.child)
    left = own.rest
    return SpfPartition(
        own.passing | (other.passing & left),
        own.failing | (other.failing & left),
        own.softfailing | (other.softfailing & left),
        own.neutral | (other.neutral & left),
        (*own.open_terms, *other.open_terms),
    )


def partition(terms: Iterable[tuple[SpfTerm, Matched]]) -> SpfPartition:
    """Terms with what each matches, in their order."""
    sets: dict[Qualifier, AddressSet] = dict.fromkeys(("+", "-", "~", "?"), AddressSet())
    taken, open_terms = AddressSet(), list[str]()
    for qualifier, run in groupby(terms, lambda pair: pair[0].qualifier):
        matched: list[AddressSet] = []  # taken in together: one by one thousands of ranges take their time
        for term, (addresses, unsure) in run:
            matched.append(EVERYTHING if term.name == "all" else addresses)
            open_terms += unsure if term.name != "all" else ()
            if term.name == "all":
                break
        together = AddressSet.union(matched)
        sets[qualifier] |= together - taken
        taken |= together
        if term.name == "all":
            break
    return SpfPartition(sets["+"], sets["-"], sets["~"], sets["?"], tuple(dict.fromkeys(open_terms)))


def _named(node: SpfNode, cost: SpfTermCost) -> str:
    return f"{cost.term.text} (in {node.domain})"


@kept
def evaluable(root: SpfNode) -> bool:
    """Whether the tree is of a size that this can be done for: any that a receiver evaluates is."""
    terms = switches = 0
    waiting = [root]
    while waiting:
        node = waiting.pop()
        qualifiers = [cost.term.qualifier for cost in node.costs if cost.term.kind == "mechanism"]
        terms += len(qualifiers) + sum(len(cost.networks) for cost in node.costs)
        switches += sum(1 for one, next_one in pairwise(qualifiers) if one != next_one)
        waiting += [cost.child for cost in node.costs if cost.child is not None]
    return terms <= MAX_TERMS and switches <= MAX_SWITCHES


def matched_by(node: SpfNode, cost: SpfTermCost) -> Matched:
    """What one mechanism of a record matches."""
    term = cost.term
    if term.name == "include":
        if cost.child is None or cost.child.status != "ok":
            return AddressSet(), (_named(node, cost),)
        below = partition_of(cost.child)
        return below.passing, below.open_terms
    if term.name in ("ptr", "exists") or "%" in term.value:
        return AddressSet(), (_named(node, cost),)
    if term.costs_lookup and (not cost.lookups or any(lookup.undetermined for lookup in cost.lookups)):
        return AddressSet.of(cost.networks), (_named(node, cost),)
    return AddressSet.of(cost.networks), ()


def _with_open(base: SpfPartition, more: tuple[str, ...]) -> SpfPartition:
    return SpfPartition(base.passing, base.failing, base.softfailing, base.neutral, (*base.open_terms, *more))


def allowed_of(root: SpfNode) -> SpfAllowed | None:
    """What the report says of the addresses that pass; None where there is none, or too much."""
    if root.status != "ok" or root.record is None or not evaluable(root):
        return None
    whole = partition_of(root)
    networks = whole.passing.networks
    by_size = sorted(networks, key=lambda n: (":" in n, int(n.partition("/")[2])))
    four, six = whole.passing.counts
    return SpfAllowed(
        ipv4=four,
        ipv6=Large(six),
        range_count=len(networks),
        ranges=networks[:MOST_RANGES],
        largest=(*by_size[:3], *[n for n in by_size[3:] if ":" in n][:2]),
        open_terms=whole.open_terms,
    )


@kept
def reach_of(root: SpfNode) -> SpfReach:
    """Whether a host in the Internet can pass, as receivers evaluate the tree: no further than a permerror.

    What depends on the message may pass.
    """
    if root.status != "ok":
        return "unknown" if root.status == "unknown" else "someone" if root.status == "macro" else "permerror"
    unknown = False
    for cost in root.costs:
        term = cost.term
        reach: SpfReach = "nobody"
        if term.costs_lookup and cost.lookups_before >= MAX_LOOKUPS:
            return "unknown" if unknown else "permerror"
        if cost.child is not None:
            reach = reach_of(cost.child)
        elif term.kind == "mechanism":
            reach = _matched(cost)
        if reach == "nobody" and cost.voids_after > MAX_VOID_LOOKUPS:
            reach = "permerror"
        if reach == "permerror" or term.name == "all":
            return "unknown" if unknown and reach != "someone" else reach
        if reach == "someone" and term.qualifier == "+":
            return "someone"
        unknown = unknown or (reach == "unknown" and term.qualifier == "+")
    return "unknown" if unknown else "nobody"


def _matched(cost: SpfTermCost) -> SpfReach:
    """What a mechanism other than ``include`` matches; for ``all`` what it lets pass."""
    term = cost.term
    if term.name == "all":
        return "someone" if term.qualifier == "+" else "nobody"
    if term.name in ("ptr", "exists") or "%" in term.value:
        return "someone"
    if any(lookup.rrtype == "MX" and len(lookup.records) > MAX_MX_NAMES for lookup in cost.lookups):
        return "permerror"
    networks = (parse_network(text) for text in cost.networks)
    if any(network is not None and not unroutable(network) for network in networks):
        return "someone"
    return "unknown" if any(lookup.undetermined for lookup in cost.lookups) else "nobody"
