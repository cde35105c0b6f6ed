"""Who may send according to SPF, before and after: sets of addresses, by the terms that allow them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from mailproof.data.providers import provider_at
from mailproof.model import SpfFacts, SpfNode, SpfTermCost
from mailproof.model.changes import Change, Effect
from mailproof.printable import counted, listed
from mailproof.records.address_set import NOTHING, AddressSet
from mailproof.records.spf.allowed import evaluable, matched_by, partition_of

#: Address ranges kept of one change.
MOST_RANGES = 1000
#: The result for hosts that no term names, by qualifier; "" if unknown.
_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral", None: ""}
_FAULTS = {
    "multiple": "there is more than one SPF record",
    "syntax": "the SPF record has a syntax error",
    "loop": "the SPF record includes itself",
    "limit": "the SPF record is too large to evaluate",
}


class Source(Struct, frozen=True):
    """One top-level term of a record that passes hosts; ``hidden`` are the terms that may pass more."""

    term: str
    value: str
    addresses: AddressSet
    hidden: tuple[str, ...] = ()

    @property
    def provider(self) -> str:
        """The provider that the term names; empty if none is known."""
        return provider_at(self.value, "spf", "includes")

    @property
    def label(self) -> str:
        """The term, with its provider."""
        return f"{self.provider} ({self.term})" if self.provider else self.term

    @property
    def names(self) -> tuple[str, ...]:
        """The names a user may refer to the term by."""
        return tuple(name for name in (self.term, self.value, self.provider) if name)


class Senders(Struct, frozen=True):
    """Who may send. ``fault``: no one, since the record cannot be evaluated; ``others``: the result for
    hosts that no term names.
    """

    passing: AddressSet = NOTHING
    sources: tuple[Source, ...] = ()
    published: bool = False
    fault: str = ""
    others: str = ""
    unknown: str = ""

    @property
    def hidden(self) -> frozenset[str]:
        """All terms that may pass more hosts."""
        return frozenset(name for source in self.sources for name in source.hidden)

    def source(self, term: str) -> Source | None:
        """The source of that term."""
        return next((each for each in self.sources if each.term == term), None)


def senders_of(facts: SpfFacts | None) -> Senders:
    """Who may send according to these facts."""
    if facts is None or facts.root.status == "unknown":
        lookup = facts.root.lookup if facts is not None else None
        return Senders(unknown=lookup.describe() if lookup is not None else "SPF was not looked up")
    root = facts.root
    if root.status == "none":
        return Senders()
    if root.status != "ok" or root.record is None:
        return Senders(published=True, fault=_FAULTS.get(root.status, root.reason))
    if not evaluable(root):
        return Senders(unknown="the SPF record is too large to compare")
    sources = tuple(_sources(root))
    return Senders(partition_of(root).passing, sources, published=True, others=_RESULTS[root.rest])


def _sources(root: SpfNode) -> Iterator[Source]:
    redirect = root.redirect
    for cost in root.costs:
        term = cost.term
        if term.kind == "mechanism" and term.name == "all":  # see `others`; what follows is never reached
            return
        if term.kind == "mechanism" and term.qualifier == "+":
            matched = (NOTHING, ()) if _is_dead(cost) else matched_by(root, cost)
            yield Source(term.text, term.value.lower(), *matched)
        elif cost is redirect:
            yield _redirected(cost)


def _is_dead(cost: SpfTermCost) -> bool:
    """Whether it certainly leads to no usable record: a permerror, so it passes no one."""
    return cost.child is not None and cost.child.status in ("none", "multiple", "syntax", "loop")


def _redirected(cost: SpfTermCost) -> Source:
    text, value = cost.term.text, cost.term.value.lower()
    if cost.child is None or cost.child.status != "ok":
        return Source(text, value, NOTHING, () if _is_dead(cost) else (text,))
    below = partition_of(cost.child)
    return Source(text, value, below.passing, below.open_terms)


def sender_changes(before: SpfFacts | None, after: SpfFacts | None) -> Iterator[Change]:
    """The changes in who may send."""
    old, new = senders_of(before), senders_of(after)
    for side, senders in (("OLD", old), ("NEW", new)):
        if senders.unknown:
            why = f"{side}: {senders.unknown}"
            sentence = f"Who may send could not be compared ({why})."
            yield Change("senders", "unknown", f"could not be compared: {why}", sentence)
    if old.unknown or new.unknown:
        return
    yield from _whole(old, new)
    if not new.fault and new.published:
        yield from _lost(old, new)
    yield from _gained(old, new)
    yield from _for_others(old, new)


def _whole(old: Senders, new: Senders) -> Iterator[Change]:
    """Changes of the record as a whole: added, removed, broken."""
    if new.fault:
        if not old.fault:
            sentence = f"No host can pass SPF: {new.fault}, which is a permerror."
            yield Change("senders", "worse", f"no one may send: {new.fault}", sentence, new="permerror")
    elif old.fault and new.published:
        sentence = f"The SPF record can be read again (before: {old.fault})."
        yield Change("senders", "better", "the SPF record can be read again", sentence)
    elif old.fault:
        sentence = f"The SPF record is removed; no host could pass it ({old.fault})."
        yield Change("senders", "neutral", "no SPF record any more, and the old one had a fault", sentence)
    elif old.published and not new.published:
        sentence = "The SPF record is removed: no host can pass SPF any more."
        yield Change("senders", "worse", "no SPF record any more", sentence, new="none")
    elif new.published and not old.published:
        yield Change("senders", "better", "an SPF record", "An SPF record is published; there was none.")


def _lost(old: Senders, new: Senders) -> Iterator[Change]:
    left = old.passing - new.passing
    came = new.hidden - old.hidden
    for source in old.sources:
        part, left = left & source.addresses, left - source.addresses
        if part:
            unless = f", unless {listed(sorted(came))} allows it, which could not be looked up"
            sentence = f"{source.label} may no longer send from {{}}{unless if came else ''}."
            what = "may no longer send: not all of NEW could be looked up" if came else "may no longer send"
            yield _change("unknown" if came else "worse", source, what, sentence, part)
        gone = tuple(name for name in source.hidden if name not in new.hidden)
        if gone and new.source(source.term) is None:
            unsure = "depends on the message" if source.term in _permanent(gone) else "could not be looked up"
            sentence = f"{source.label} is removed: its hosts may no longer send"
            yield _change("worse", source, "is removed", f"{sentence} (which addresses it allows {unsure}).")


def _permanent(names: Iterable[str]) -> frozenset[str]:
    """Those open terms that depend on the message: macros, exists and ptr."""
    terms = (name.partition(" (in ")[0].lstrip("+") for name in names)
    return frozenset(each for each in terms if "%" in each or each.startswith(("exists:", "ptr")))


def _gained(old: Senders, new: Senders) -> Iterator[Change]:
    left = new.passing - old.passing
    went = old.hidden - new.hidden
    for source in new.sources:
        part, left = left & source.addresses, left - source.addresses
        before = old.source(source.term)
        if part:
            open_before = before is not None and any(name in went for name in before.hidden)
            sentence = f"{source.label} may now send from {{}}."
            if open_before:
                sentence = f"{source.label} allows {{}}; what it allowed before could not be looked up."
            yield _change("unknown" if open_before else "neutral", source, "may send now", sentence, part)
        if any(name not in old.hidden for name in source.hidden):
            if before is None:
                unsure = "which addresses it allows could not be looked up or depends on the message"
                sentence = f"{source.label} is added: its hosts may now send ({unsure})."
                yield _change("neutral", source, "is added", sentence)
            elif not before.hidden and before.addresses <= new.passing:  # else it is reported as lost
                sentence = f"What {source.label} allows could not be compared: NEW could not look it up."
                yield _change("unknown", source, "could not be compared", sentence)


def _for_others(old: Senders, new: Senders) -> Iterator[Change]:
    if not (old.others and new.others) or old.others == new.others:
        return
    weak = new.others in ("pass", "neutral") and old.others in ("fail", "softfail")
    closed = old.others == "pass" and not new.passing and not new.hidden  # all hosts could, now none can
    yield Change(
        "senders",
        "worse" if weak or closed else "neutral",
        f"all other hosts: {old.others} → {new.others}",
        f"SPF for all hosts that the record does not name changes from {old.others} to {new.others}.",
        old.others,
        new.others,
    )


def _change(effect: Effect, source: Source, what: str, sentence: str, part: AddressSet = NOTHING) -> Change:
    ranges = part.networks
    count = _count(part)
    shown = listed([*ranges[:5], *([counted(len(ranges) - 5, "more range")] if len(ranges) > 5 else [])])
    return Change(
        "senders",
        effect,
        f"{source.label} {what}",
        sentence.replace("{}", f"{shown} ({count})"),
        names=source.names,
        addresses=ranges[:MOST_RANGES],
        address_count=count,
    )


def _count(part: AddressSet) -> str:
    counts = zip(part.counts, ("IPv4", "IPv6"), strict=True)
    words = [f"{number:,} {kind} address{'es' if number != 1 else ''}" for number, kind in counts if number]
    return " and ".join(words)
