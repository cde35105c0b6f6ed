"""DKIM keys that are added, removed or replaced."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.data.providers import provider_at
from mailproof.model import DkimDiscovery, DkimSelectorFacts, DomainFacts, Report
from mailproof.model.changes import Change, Effect

_WINDOW = "mail that was signed before and is still on its way, or is verified later, will fail"


def key_changes(before: DomainFacts, after: DomainFacts) -> Iterator[Change]:
    """The changes of the keys, selector by selector."""
    old = {each.selector: each for each in before.dkim}
    new = {each.selector: each for each in after.dkim}
    for selector in dict.fromkeys((*old, *new)):
        one, other = old.get(selector), new.get(selector)
        if one is not None and other is not None:
            yield from _in_both(one, other)
        elif one is not None and _published(one):
            yield _removed(one) if _no_others(after.dkim_discovery) else _not_looked_up(one, "NEW")
        elif other is not None and _published(other):
            yield _added(other) if _no_others(before.dkim_discovery) else _not_looked_up(other, "OLD")


def _published(key: DkimSelectorFacts) -> bool:
    """Whether there is a key, or an alias whose target was not looked up (``--offline``)."""
    return key.status == "valid" or (key.status == "unknown" and bool(key.target))


def unresolved_keys(report: Report | None, other: Report | None) -> tuple[DkimSelectorFacts, ...]:
    """The keys of the other side that are open on this one: not looked up, or without an answer."""
    facts, others = (each.facts.dns if each is not None else None for each in (report, other))
    if facts is None or others is None:
        return ()
    states = {each.selector: each.status for each in facts.dkim}
    left = "absent" if _no_others(facts.dkim_discovery) else "unknown"
    return tuple(
        each for each in others.dkim if _published(each) and states.get(each.selector, left) == "unknown"
    )


def _no_others(discovery: DkimDiscovery | None) -> bool:
    """Whether selectors that were not found certainly have no key."""
    return discovery is not None and (discovery.listed or discovery.no_keys)


def _in_both(old: DkimSelectorFacts, new: DkimSelectorFacts) -> Iterator[Change]:
    if old.status == "valid" and new.status == "valid":
        yield from _compared(old, new)
    elif old.target and old.target == new.target and old.status == new.status:
        return
    elif _published(old) and new.status == "absent" and not new.target:
        yield _removed(old, new)
    elif _published(new) and old.status == "absent" and not old.target:
        yield _added(new)
    elif "unknown" in (old.status, new.status):
        if old.status != new.status or old.target != new.target or old.origin == "given":
            side, failed = ("OLD", old) if old.status == "unknown" else ("NEW", new)
            sentence = f"The key at {old.name} could not be compared: {side}: {failed.lookup.describe()}."
            yield _change(old, "unknown", f"{old.selector}: could not be compared", sentence)
    elif old.status == "valid":
        yield _removed(old, new)
    elif new.status == "valid":
        yield _added(new)


def _compared(old: DkimSelectorFacts, new: DkimSelectorFacts) -> Iterator[Change]:
    one, other = old.record, new.record
    if one is None or other is None or one.public_key == other.public_key:
        return
    if old.target and old.target == new.target:
        sentence = (
            f"{old.target} has another key now: the provider rotates the key of selector {old.selector}."
        )
        yield _change(new, "neutral", f"{old.selector}: rotated by its provider", sentence)
        return
    sentence = (
        f"The key at {old.name} is replaced by another under the same selector: {_WINDOW}. Publish a new key "
        "under a new selector instead, and leave the old one for some days."
    )
    yield _change(old, "worse", f"{old.selector}: another key under the same selector", sentence)
    if one.key_type == other.key_type and other.bits < one.bits:
        words = f"{one.bits} → {other.bits} bits"
        sentence = f"The key at {old.name} gets shorter: {one.bits} bits before, {other.bits} after."
        yield _change(old, "worse", f"{old.selector}: {words}", sentence)


def _removed(old: DkimSelectorFacts, new: DkimSelectorFacts | None = None) -> Change:
    if new is not None and new.status == "revoked":
        what, how = "revoked", "is revoked (empty p=)"
    elif new is not None and new.status == "invalid":
        what, how = "can't be used any more", f"can't be used any more ({new.reason})"
    else:
        what, how = "gone", "is gone"
    named = f" of {provider}" if (provider := _provider(old)) else ""
    sentence = f"The DKIM key{named} at {old.name} {how}: {_WINDOW}."
    return _change(old, "worse", f"{old.selector}: {what}{f' ({provider})' if provider else ''}", sentence)


def _added(new: DkimSelectorFacts) -> Change:
    named = f" of {provider}" if (provider := _provider(new)) else ""
    bits = f" ({new.record.key_type} {new.record.bits})" if new.record is not None else ""
    if new.status == "unknown":
        bits = f" (an alias of {new.target}, which was not looked up)"
    what = f"{new.selector}: published{bits}"
    return _change(new, "better", what, f"A DKIM key{named} is published at {new.name}{bits}.")


def _not_looked_up(seen: DkimSelectorFacts, side: str) -> Change:
    sentence = f"{side} does not say whether there is a key at {seen.name}: it was not looked up."
    return _change(seen, "unknown", f"{seen.selector}: could not be compared", sentence)


def _change(key: DkimSelectorFacts, effect: Effect, what: str, sentence: str) -> Change:
    names = tuple(name for name in (key.selector, key.name, key.target, _provider(key)) if name)
    return Change("dkim", effect, what, sentence, names=names)


def _provider(key: DkimSelectorFacts) -> str:
    """The provider that an alias leads to; empty if none is known."""
    return provider_at(key.target, "tenants", "spf", "mx", "rua") if key.target else ""
