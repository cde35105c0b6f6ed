"""What the DKIM rules share: the keys to check, where they are, and how to rewrite them."""

from __future__ import annotations

from mailproof.checks.base import Enough, NotApplicable, Reporter, Undetermined, collected
from mailproof.checks.ownership import is_owned
from mailproof.checks.published import Published
from mailproof.model import (
    DkimDiscovery,
    DkimKeyRecord,
    DkimSelectorFacts,
    DomainFacts,
    Fix,
    FixKind,
    FixRecord,
)
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.dkim_repair import JoinedKey, joined_key, repaired_key, rewritten_key

#: What made us ask for a selector that the domain's owner or a message named.
NAMED = ("given", "message")


class PublishedKey(Published[DkimKeyRecord], frozen=True):
    """The key record found at a selector."""

    facts: DkimSelectorFacts

    @property
    def name(self) -> str:
        """The name that the record is at, or the one that it is an alias of."""
        return self.facts.owner

    @property
    def whose(self) -> str:
        """Who has to change it, for a fix."""
        return whose(self.facts)

    def replace(self, summary: str, value: str, kind: FixKind = "repair") -> Fix:
        """A fix that replaces the record: words where it is not the domain's own."""
        return replaced(self.facts, summary, (self.record.text,), value, kind)

    def repair(self, summary: str, otherwise: str) -> Fix:
        """A fix that publishes the record as it was meant; ``otherwise`` where that is not certain."""
        meant = repaired_key(self.record.text)
        return self.replace(summary, meant) if meant else Fix(otherwise + self.whose)

    def edited(self, **changes: str | None) -> str:
        """The record as it was meant, with tags set, or left out where the value is None."""
        return rewritten_key(parse_dkim_key(repaired_key(self.record.text) or self.record.text), **changes)


def whose(facts: DkimSelectorFacts) -> str:
    """Who has to change the record, where it is not at the selector's own name."""
    if not facts.target:
        return ""
    return f" (the record is at {facts.target}: its owner must change it)"


def replaced(
    facts: DkimSelectorFacts, summary: str, old: tuple[str, ...], new: str, kind: FixKind = "repair"
) -> Fix:
    """A fix that publishes ``new`` in place of ``old``: words where they are not the domain's own."""
    if not is_owned(facts.domain, facts.owner):
        return Fix(summary + whose(facts), kind=kind)
    gone = (FixRecord(facts.owner, "TXT", text, action="remove") for text in old)
    return Fix(summary, (*gone, FixRecord(facts.owner, "TXT", new)), kind)


def of_wrong_size(
    every: tuple[PublishedKey, ...], report: Reporter, code: str, remark: str, then: str = ""
) -> None:
    """A finding for each key with this fault, which is one of its size."""
    for key in every:
        for problem in key.problems(code):
            summary = f"Make a new 2048-bit key under a new selector and sign with it{then}{key.whose}"
            report(
                f"The key at {key.facts.name} has {key.record.bits} bits; {remark}.",
                location=key.at(problem),
                evidence=(f"{key.record.bits} bits",),
                fix=Fix(summary, kind="improvement"),
            )


def discovery(facts: DomainFacts) -> DkimDiscovery:
    """How the search went. Raises Undetermined where it failed."""
    return collected(facts.dkim_discovery, f"the DKIM keys of {facts.domain} could not be collected")


def selectors(facts: DomainFacts, report: Reporter) -> tuple[DkimSelectorFacts, ...]:
    """All selectors, with those whose lookup failed: where one of them was named, the outcome is unknown.

    Raises NotApplicable where no selector is known, so that there is nothing to check.
    """
    discovery(facts)
    for each in facts.dkim:
        if each.status == "unknown" and each.origin in NAMED:
            report.unanswered(each.lookup)
    if all(each.status == "unknown" for each in facts.dkim):
        raise NotApplicable("no selector is known")
    return facts.dkim


def keys(facts: DomainFacts, report: Reporter) -> tuple[PublishedKey, ...]:
    """All selectors with one key record, revoked or broken ones too; see ``selectors``.

    Raises Undetermined where there is none to check because lookups failed, NotApplicable where there is
    none at all.
    """
    discovery(facts)
    found = tuple(
        PublishedKey(each.lookup, each.record, each)
        for each in facts.dkim
        if each.record is not None and in_parts(each) is None  # a part of a key is not checked as a key
    )
    if found:
        selectors(facts, report)
        return found
    failed = next((each for each in facts.dkim if each.status == "unknown"), None)
    if failed is not None:
        raise Undetermined.of(failed.lookup)
    raise NotApplicable("no DKIM key is known")


def faulty_keys(facts: DomainFacts, report: Reporter) -> tuple[PublishedKey, ...]:
    """Those of them with a fault in their records."""
    found = tuple([key for key in keys(facts, report) if key.record.problems])
    if not found:
        raise Enough
    return found


def in_parts(facts: DkimSelectorFacts) -> JoinedKey | None:
    """The key that was entered as several records at this selector (DKIM027)."""
    return joined_key(facts.records) if len(facts.records) > 1 and facts.status != "valid" else None


def meant_key(facts: DkimSelectorFacts) -> bool:
    """Whether there is a usable key at the name that was meant."""
    lookup = facts.meant
    return lookup is not None and any(parse_dkim_key(text).valid for text in lookup.records)
