"""What the BIMI rules share: the selectors with their records, and guards for what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.checks.publishing import replaced
from mailproof.model import (
    BimiEvidence,
    BimiFacts,
    BimiLogo,
    BimiRecord,
    BimiSelectorFacts,
    DomainFacts,
    FetchFacts,
    Fix,
    Location,
    Lookup,
    TagProblem,
)
from mailproof.records.bimi import BIMI, parse_bimi
from mailproof.records.meant import repaired


class Found(Struct, frozen=True):
    """A selector with the one record that applies to it."""

    selector: BimiSelectorFacts
    record: BimiRecord

    @property
    def name(self) -> str:
        """Where the record is."""
        return self.selector.found_at

    def at(self, start: int | None = None, end: int | None = None) -> Location:
        """The record, or characters of it."""
        return Location(self.name, "TXT", self.record.text, start, end)

    def at_tag(self, name: str) -> Location:
        """The tag of that name, or the whole record where it is not written."""
        tag = self.record.tag(name)
        return self.at(tag.start, tag.end) if tag else self.at()

    @property
    def lookup(self) -> Lookup:
        """The lookup that found the record."""
        return next(lookup for lookup in self.selector.lookups if lookup.name == self.name)

    def repair(self, domain: str, summary: str, problem: TagProblem, unclear: str) -> Fix:
        """The record as it was meant where that takes the fault away; else ``unclear``, in words."""
        text = self.record.text
        value = repaired(text, BIMI)
        left = {(each.code, value[each.start : each.end]) for each in parse_bimi(value).problems}
        if not value or (problem.code, text[problem.start : problem.end]) in left:
            return Fix(unclear)
        return replaced(self.lookup, domain, summary, (text,), value)


def bimi_of(facts: DomainFacts) -> BimiFacts:
    """The BIMI facts. Raises NotApplicable where they were not asked for."""
    if facts.bimi is None:
        raise NotApplicable("BIMI was not looked at")
    return facts.bimi


def looked_up(facts: DomainFacts) -> Iterator[BimiSelectorFacts]:
    """The selectors whose lookups were answered. Raises Undetermined at the end, where one was not."""
    failed: Undetermined | None = None
    for selector in bimi_of(facts).selectors:
        last = selector.lookups[-1]
        if last.undetermined:
            failed = failed or Undetermined.of(last)
        else:
            yield selector
    if failed:
        raise failed


def records(facts: DomainFacts) -> Iterator[Found]:
    """Each record once. Raises at the end where there is none, or where one could not be looked up."""
    seen: set[str] = set()
    for selector in looked_up(facts):
        if selector.record is not None and selector.found_at not in seen:
            seen.add(selector.found_at)
            yield Found(selector, selector.record)
    if not seen:
        raise NotApplicable("no BIMI record")


def in_use(facts: DomainFacts) -> Iterator[Found]:
    """The records that ask for a logo to be shown. Raises at the end as ``records`` does."""
    asked, declined = False, False
    for found in records(facts):
        if found.record.declined:
            declined = True
        else:
            asked = True
            yield found
    if declined and not asked:
        raise NotApplicable("the domain declines BIMI")


def fetched(facts: DomainFacts, part: Literal["logo", "evidence"]) -> Iterator[tuple[Found, FetchFacts]]:
    """How fetching went, where that says something of the server. Raises at the end where one did not."""
    unknown, reason, any_told = "", "", False
    for found in in_use(facts):
        got = found.selector.logo if part == "logo" else found.selector.evidence
        if part == "evidence" and not found.record.evidence:
            reason = "the record names no certificate"
        elif got is None:
            reason = f"not fetched: {found.selector.not_fetched or 'the record names no usable address'}"
        elif got.fetch.undetermined:
            unknown = unknown or got.fetch.describe()
        else:
            any_told = True
            yield found, got.fetch
    if unknown:
        raise Undetermined(unknown)
    if not any_told:
        raise NotApplicable(reason)


def logos(facts: DomainFacts) -> Iterator[tuple[Found, BimiLogo]]:
    """The logos that came. Raises at the end as ``fetched`` does, and where none came."""
    none = True
    for found, got in fetched(facts, "logo"):
        if got.ok and found.selector.logo is not None:
            none = False
            yield found, found.selector.logo
    if none:
        raise NotApplicable("the logo could not be fetched")


def certificates(facts: DomainFacts) -> Iterator[tuple[Found, BimiEvidence]]:
    """The mark certificates that could be read. Raises at the end as ``fetched`` does, and where none was."""
    none = True
    for found, got in fetched(facts, "evidence"):
        evidence = found.selector.evidence
        if got.ok and evidence is not None and evidence.chain:
            none = False
            yield found, evidence
    if none:
        raise NotApplicable("the certificate could not be had")
