"""Rewrites a record to need fewer lookups for the same addresses, by inserting ranges; proven afterwards.

Replaces only terms that don't depend on the message: includes, ``a`` and ``mx`` whose trees are fully known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from mailproof.model import MAX_LOOKUPS, Qualifier, SpfNode, SpfTerm, SpfTermCost
from mailproof.records.address_set import EVERYTHING, NOTHING, AddressSet
from mailproof.records.spf.allowed import (
    Matched,
    SpfPartition,
    evaluable,
    matched_by,
    partition,
    partition_of,
)
from mailproof.records.spf.parse import parse_spf
from mailproof.records.spf.reading import as_term
from mailproof.structs import replace

#: What fits into a response of 512 octets together with other TXT records.
MOST_OCTETS = 450
#: Splitting into more records than this would help no one.
MOST_RECORDS = 5
#: A record with more terms cannot be reduced to a publishable size.
MOST_TERMS = 300
#: Addresses with none of these are neutral.
_QUALIFIERS: tuple[Qualifier, ...] = ("+", "-", "~")


class Flattened(Struct, frozen=True):
    """The rewritten record and those it includes, each as (name, text); it costs ``lookups``.

    ``replaced`` are the terms replaced by their addresses, ``dropped`` redundant ones, and ``kept_open``
    those that could not be replaced because they depend on the message.
    """

    records: tuple[tuple[str, str], ...]
    lookups: int
    replaced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    kept_open: tuple[str, ...] = ()


class _Item(Struct, frozen=True):
    """A mechanism during the rewrite. ``text`` is written if it is kept, ``flat`` means to replace it."""

    term: SpfTerm
    text: str
    lookups: int
    matched: Matched
    flat: bool = False

    @property
    def price(self) -> tuple[int, float]:
        """The order of replacement: the owner's own hosts first, then the fewest octets per lookup saved."""
        ranges = self.matched[0].networks
        own = self.term.name in ("a", "mx") and len(ranges) <= 4
        return (0 if own else 1), sum(len(each) + 5 for each in ranges) / max(self.lookups, 1)


def flatten(root: SpfNode) -> Flattened | None:
    """A record of at most ten lookups with the same result for each address, if there is one."""
    if root.status != "ok" or root.record is None or not evaluable(root):
        return None
    items = _items(root)
    if len(items) > MOST_TERMS:
        return None
    whole = partition_of(root)
    items, dropped = _slimmed(items)
    for most in range(MAX_LOOKUPS, -1, -1):
        flat = _replaced(items, most)
        if flat is None:
            return None
        made = _written(root.domain, flat)
        if made is None or len(made.records) > MOST_RECORDS:
            continue
        if made.lookups <= MAX_LOOKUPS and proven(made, flat, whole):
            (name, text), *below = made.records
            others = [t.text for t in root.record.terms if t.kind == "modifier" and t.name != "redirect"]
            records = ((name, " ".join((text, *others))), *below)
            return replace(made, records=records, dropped=dropped, kept_open=whole.open_terms)
    return None


def _items(root: SpfNode) -> list[_Item]:
    """The mechanisms of the record, with a redirect replaced by those of its target if possible."""
    items: list[_Item] = []
    node: SpfNode | None = root
    while node is not None and node.record is not None:
        following: SpfNode | None = None
        for cost in node.costs:
            if cost.term.kind == "mechanism":
                items.append(_item(node, cost, own=node is root))
            elif cost.term is node.record.redirect and node.record.all_term is None:
                child = cost.child
                if child is None or child.status != "ok" or (child.record and "%" in child.record.text):
                    stays = _Item(cost.term, cost.term.text, _price(cost), (NOTHING, (cost.term.text,)))
                    return [*items, stays]
                following = child
        node = following
    return items


def _item(node: SpfNode, cost: SpfTermCost, *, own: bool) -> _Item:
    term, text = cost.term, cost.term.text
    if not own and term.name in ("a", "mx") and not term.value:  # it means the name of its own record
        end = text.lower().index(term.name) + len(term.name)
        text = f"{text[:end]}:{node.domain}{text[end:]}"
    return _Item(term, text, _price(cost), matched_by(node, cost))


def _price(cost: SpfTermCost) -> int:
    return cost.lookups_after - cost.lookups_before


def _slimmed(items: list[_Item]) -> tuple[list[_Item], tuple[str, ...]]:
    """Drop the terms that cost lookups but match nothing beyond earlier ones."""
    taken, kept, dropped = NOTHING, list[_Item](), list[str]()
    for item in items:
        addresses, open_terms = item.matched
        if item.lookups and not open_terms and addresses <= taken:
            dropped.append(item.term.text)
            continue
        taken |= addresses
        kept.append(item)
        if item.term.name == "all":
            break
    return kept, tuple(dropped)


def _replaced(items: list[_Item], most: int) -> list[_Item] | None:
    """Mark the cheapest items for replacement until ``most`` lookups remain; None if impossible."""
    count = sum(item.lookups for item in items)
    out = list(items)
    can = [
        (number, item)
        for number, item in enumerate(items)
        if item.lookups and not item.matched[1] and item.term.kind == "mechanism"
    ]
    for number, item in sorted(can, key=lambda pair: pair[1].price):
        if count <= most:
            break
        out[number] = replace(item, flat=True)
        count -= item.lookups
    return out if count <= most else None


def _written(domain: str, items: list[_Item]) -> Flattened | None:
    """Write the records; ranges that don't fit into the first go into records below the domain."""
    literal = NOTHING
    for item in items:
        if item.term.name in ("ip4", "ip6") and item.term.qualifier == "+":
            literal |= item.matched[0]
    terms: list[str] = []
    spilled: list[str] = []
    at = None
    for item in items:
        if not item.flat:
            terms.append(item.text)
            continue
        sign = "" if item.term.qualifier == "+" else item.term.qualifier
        ranges = [sign + as_term(each) for each in (item.matched[0] - literal).networks]
        if not sign:
            literal |= item.matched[0]
            at = len(terms) if at is None else at
            spilled += ranges
        else:
            terms += ranges
    lookups = sum(item.lookups for item in items if not item.flat)
    replaced = tuple(item.term.text for item in items if item.flat)
    if at is None:
        return Flattened(((domain, _record(terms)),), lookups, replaced)
    whole = _record([*terms[:at], *spilled, *terms[at:]])
    if len(whole.encode()) <= MOST_OCTETS:
        return Flattened(((domain, whole),), lookups, replaced)
    parts = _parts(spilled)
    names = [f"_spf{number}.{domain}" for number in range(1, len(parts) + 1)]
    first = _record([*terms[:at], *(f"include:{name}" for name in names), *terms[at:]])
    if len(first.encode()) > MOST_OCTETS:
        return None
    below = tuple((name, _record([*part, "-all"])) for name, part in zip(names, parts, strict=True))
    return Flattened(((domain, first), *below), lookups + len(parts), replaced)


def _parts(terms: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for term in terms:
        if len(_record([*parts[-1], term, "-all"])) > MOST_OCTETS:
            parts.append([])
        parts[-1].append(term)
    return parts


def proven(made: Flattened, items: Iterable[_Item], whole: SpfPartition) -> bool:
    """Whether the new records, parsed again, give every address the same result as the old ones."""
    known = {item.text: item.matched for item in items if not item.flat}
    texts = dict(made.records)
    new = _read(texts, made.records[0][1], known)
    return (
        new is not None
        and all(new.of(qualifier) == whole.of(qualifier) for qualifier in _QUALIFIERS)
        and set(new.open_terms) == set(whole.open_terms)
    )


def _read(texts: Mapping[str, str], text: str, known: Mapping[str, Matched]) -> SpfPartition | None:
    record = parse_spf(text)
    if not record.valid:
        return None
    terms: list[tuple[SpfTerm, Matched]] = []
    for term in record.terms:
        if term.kind != "mechanism":
            return None  # a redirect that was kept: its effect is not compared
        if term.name in ("ip4", "ip6"):
            terms.append((term, (AddressSet.of((term.value,)), ())))
        elif term.name == "include" and term.value in texts:
            below = _read({}, texts[term.value], known)
            if below is None:
                return None
            terms.append((term, (below.passing, below.open_terms)))
        elif term.name == "all":
            terms.append((term, (EVERYTHING, ())))
        elif term.text in known:
            terms.append((term, known[term.text]))
        else:
            return None
    return partition(terms)


def _record(terms: Iterable[str]) -> str:
    return " ".join(("v=spf1", *terms))
