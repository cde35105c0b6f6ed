"""Shared by the DKIM rules: the keys to check, their locations, and how to rewrite them."""

from __future__ import annotations

from mailproof.checks.base import (
    Enough,
    NotApplicable,
    Reporter,
    Undetermined,
    collected,
    improvement,
)
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
    TagProblem,
)
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.dkim_repair import SEMANTIC, JoinedKey, joined_key, repaired_key, rewritten_key

#: The origins of selectors that the domain's owner or a message named.
NAMED = ("given", "message")


class PublishedKey(Published[DkimKeyRecord], frozen=True):
    """The key record found at a selector."""

    facts: DkimSelectorFacts

    @property
    def name(self) -> str:
        """The name of the record, after following aliases."""
        return self.facts.owner

    @property
    def owner_note(self) -> str:
        """Who must change it, for a fix."""
        return owner_note(self.facts)

    def replace(self, summary: str, value: str, kind: FixKind = "repair") -> Fix:
        """A fix that replaces the record: words if the domain's owner can't."""
        return replaced(self.facts, summary, (self.record.text,), value, kind)

    def repair(self, summary: str, otherwise: str) -> Fix:
        """A fix that publishes the intended record; ``otherwise`` if that is uncertain."""
        meant = repaired_key(self.record.text)
        return self.replace(summary, meant) if meant else Fix(otherwise + self.owner_note)

    def edited(self, **changes: str | None) -> str:
        """The intended record with tags set, or removed if the value is None."""
        return rewritten_key(parse_dkim_key(repaired_key(self.record.text) or self.record.text), **changes)


def owner_note(facts: DkimSelectorFacts) -> str:
    """Who must change the record, if it is not at the selector's own name; else ""."""
    if not facts.target:
        return ""
    return f" (the record is at {facts.target}: its owner must change it)"


def replaced(
    facts: DkimSelectorFacts, summary: str, old: tuple[str, ...], new: str, kind: FixKind = "repair"
) -> Fix:
    """A fix that publishes ``new`` instead of ``old``: words if the owner can't, or if it is no key."""
    broken = {problem.code for problem in parse_dkim_key(new).problems if problem.fatal} - SEMANTIC
    if not is_owned(facts.domain, facts.owner) or (new and broken):
        return Fix(summary + owner_note(facts), kind=kind)
    removed = (FixRecord(facts.owner, "TXT", text, action="remove") for text in old)
    return Fix(summary, (*removed, FixRecord(facts.owner, "TXT", new)), kind)


def report_key_size(
    report: Reporter, key: PublishedKey, problem: TagProblem, remark: str, then: str = ""
) -> None:
    """Report a fault of a key's size."""
    summary = f"Make a new 2048-bit key under a new selector and sign with it{then}{key.owner_note}"
    report(
        f"The key at {key.facts.name} has {key.record.bits} bits; {remark}.",
        location=key.at(problem),
        evidence=(f"{key.record.bits} bits",),
        fix=improvement(summary),
    )


def discovery(facts: DomainFacts) -> DkimDiscovery:
    """The discovery of selectors. Raises Undetermined if it failed."""
    return collected(facts.dkim_discovery, f"the DKIM keys of {facts.domain} could not be collected")


def is_of_wildcard(facts: DomainFacts, selector: DkimSelectorFacts) -> bool:
    """Whether a wildcard answers for the selector."""
    search = discovery(facts)
    return search.wildcard and selector.records == search.wildcard_records


def selectors(facts: DomainFacts, report: Reporter) -> tuple[DkimSelectorFacts, ...]:
    """All selectors, including those whose lookup failed, which is reported as unknown if they were named.

    Raises NotApplicable if no selector is known.
    """
    discovery(facts)
    for each in facts.dkim:
        if each.status == "unknown" and each.origin in NAMED:
            report.unanswered(each.lookup)
    if all(each.status == "unknown" for each in facts.dkim):
        raise NotApplicable("no selector is known")
    return facts.dkim


def keys(facts: DomainFacts, report: Reporter) -> tuple[PublishedKey, ...]:
    """All selectors with a single key record, even a revoked or broken one; see ``selectors``.

    Raises Undetermined if there is none because lookups failed, NotApplicable if there is none at all.
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
    """The keys with faults in their records."""
    found = tuple([key for key in keys(facts, report) if key.record.problems])
    if not found:
        raise Enough
    return found


def faults(facts: DomainFacts, report: Reporter) -> list[tuple[PublishedKey, TagProblem]]:
    """Each fault of a key, and the key."""
    return [(key, problem) for key in keys(facts, report) for problem in key.record.problems]


def in_parts(facts: DkimSelectorFacts) -> JoinedKey | None:
    """The key that was entered as several records at this selector (DKIM027)."""
    return joined_key(facts.records) if len(facts.records) > 1 and facts.status != "valid" else None


def has_intended_key(facts: DkimSelectorFacts) -> bool:
    """Whether there is a usable key at the intended name."""
    lookup = facts.meant
    return lookup is not None and any(parse_dkim_key(text).valid for text in lookup.records)
