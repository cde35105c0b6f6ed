"""Compares the senders allowed by an SPF record with a list of expected senders. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mailproof.data.senders import Sender
from mailproof.model import Lookup, SpfNode, SpfTerm, SpfTermCost
from mailproof.records.address_set import AddressSet
from mailproof.records.spf.allowed import evaluable, partition_of

#: Address ranges named in a finding.
MOST_RANGES = 8


class Unlisted(Struct, frozen=True):
    """A term that allows hosts that are not on the list; ``ranges`` are their addresses, if known.

    ``open`` are the failed lookups because of which it is unknown if its hosts are on the list.
    """

    node: SpfNode
    term: SpfTerm
    ranges: tuple[str, ...] = ()
    open: tuple[Lookup, ...] = ()


class Comparison(Struct, frozen=True):
    """The difference: terms that are not on the list, and listed senders that do not pass."""

    unlisted: tuple[Unlisted, ...]
    missing: tuple[Sender, ...]


def compare(root: SpfNode, senders: tuple[Sender, ...]) -> Comparison:
    """Compare the tree of a record with the list, ignoring terms after ``all``."""
    listed = AddressSet.union(each.addresses for each in senders)
    passing = partition_of(root).passing if evaluable(root) else None
    used: dict[str, None] = {}
    unlisted = tuple(_unlisted(root, senders, listed, passing, used))
    missing = tuple(
        each
        for each in senders
        if (
            bool(each.addresses) and passing is not None and not each.addresses <= passing
            if each.addresses
            else each.text not in used
        )
    )
    return Comparison(unlisted, missing)


def _unlisted(
    node: SpfNode,
    senders: tuple[Sender, ...],
    listed: AddressSet,
    passing: AddressSet | None,
    used: dict[str, None],
) -> Iterator[Unlisted]:
    for cost in node.costs:
        term = cost.term
        if term.qualifier != "+" or (term.kind == "modifier" and term.name != "redirect"):
            if term.name == "all":
                return
            continue
        if term.name == "redirect" and node.record is not None and node.record.all_term is not None:
            continue
        by = next((each for each in senders if each.names(term)), None)
        if by is not None:
            used[by.text] = None
        elif cost.child is not None and cost.child.status == "ok":
            before, below = len(used), partition_of(cost.child).passing if passing is not None else listed
            found = tuple(_unlisted(cost.child, senders, listed, passing, used))
            if found and term.name == "include" and len(used) == before and not below & listed:
                yield Unlisted(node, term, _ranges(below))  # none of it is listed: a single finding
            else:
                yield from found
        elif (one := _of_term(node, cost, listed, passing)) is not None:
            yield one
        if term.name == "all":
            return


def _of_term(
    node: SpfNode, cost: SpfTermCost, listed: AddressSet, passing: AddressSet | None
) -> Unlisted | None:
    term = cost.term
    if term.name in ("all", "ptr", "exists") or "%" in term.value:
        return Unlisted(node, term)
    if term.name in ("include", "redirect"):
        # A broken one allows no one; one whose lookup failed is still not on the list.
        return Unlisted(node, term) if cost.child is None or cost.child.status == "unknown" else None
    own = AddressSet.of(cost.networks)
    left = (own & passing if passing is not None else own) - listed
    if left:
        return Unlisted(node, term, _ranges(left))
    failed = tuple(each for each in cost.lookups if each.undetermined)
    return Unlisted(node, term, open=failed) if failed else None


def _ranges(addresses: AddressSet) -> tuple[str, ...]:
    """The first few ranges; single addresses without their prefix."""
    found = addresses.networks
    named = tuple(each.removesuffix("/32").removesuffix("/128") for each in found[:MOST_RANGES])
    return (*named, f"and {len(found) - MOST_RANGES} more") if len(found) > MOST_RANGES else named
