"""Shared by the BIMI rules: the selectors with their records, and guards for unknown facts."""

from __future__ import annotations

from typing import Literal

from mailproof.checks.base import Reporter, parametrized, required, some
from mailproof.checks.published import Published
from mailproof.checks.publishing import replaced
from mailproof.model import (
    BimiEvidence,
    BimiLogo,
    BimiRecord,
    BimiSelectorFacts,
    DomainFacts,
    FetchFacts,
    Fix,
    Lookup,
    TagProblem,
)
from mailproof.records.bimi import BIMI, parse_bimi
from mailproof.records.tag_repair import repaired


class Found(Published[BimiRecord], frozen=True):
    """The record that applies to a selector."""

    selector: BimiSelectorFacts

    def repair(self, domain: str, summary: str, problem: TagProblem, unclear: str) -> Fix:
        """A fix that publishes the intended record if that removes the fault; else ``unclear``, in words."""
        text = self.record.text
        value = repaired(text, BIMI)
        left = {each.code for each in parse_bimi(value).problems}
        if not value or problem.code in left:
            return Fix(unclear)
        return replaced(self.lookup, domain, summary, (text,), value)


def looked_up(facts: DomainFacts, report: Reporter) -> tuple[BimiSelectorFacts, ...]:
    """The selectors whose lookups were answered. Raises NotApplicable if BIMI was not checked."""
    found = []
    for selector in required(facts.bimi, "BIMI was not checked").selectors:
        if selector.lookups[-1].undetermined:
            report.unanswered(selector.lookups[-1])
        else:
            found.append(selector)
    return tuple(found)


def published(facts: DomainFacts, report: Reporter) -> tuple[BimiSelectorFacts, ...]:
    """The selectors with records. Raises NotApplicable if there are none."""
    return some((each for each in looked_up(facts, report) if each.records), "no BIMI record")


def lookup_of(selector: BimiSelectorFacts) -> Lookup:
    """The lookup that found the selector's records."""
    return next(lookup for lookup in selector.lookups if lookup.name == selector.found_at)


def records(facts: DomainFacts, report: Reporter) -> tuple[Found, ...]:
    """All records without duplicates. Raises NotApplicable if there are none."""
    found: dict[str, Found] = {}
    for selector in looked_up(facts, report):
        if selector.record is not None:
            found.setdefault(selector.found_at, Found(lookup_of(selector), selector.record, selector))
    return some(found.values(), "no BIMI record")


def in_use(facts: DomainFacts, report: Reporter) -> tuple[Found, ...]:
    """The records that request a logo. Raises NotApplicable if there are none."""
    asked = (found for found in records(facts, report) if not found.record.declined)
    return some(asked, "the domain declines BIMI")


@parametrized
def fetched(
    facts: DomainFacts, report: Reporter, part: Literal["logo", "evidence"]
) -> tuple[tuple[Found, FetchFacts], ...]:
    """The fetches with a conclusive result. Raises NotApplicable if there are none."""
    answered, reason = [], ""
    for found in in_use(facts, report):
        got = found.selector.logo if part == "logo" else found.selector.evidence
        if part == "evidence" and not found.record.evidence:
            reason = "the record has no certificate"
        elif got is None:
            reason = f"not fetched: {found.selector.not_fetched or 'the record has no usable address'}"
        elif got.fetch.undetermined:
            report.unknown(got.fetch.describe())
        else:
            answered.append((found, got.fetch))
    return some(answered, reason)


def logos(facts: DomainFacts, report: Reporter) -> tuple[tuple[Found, BimiLogo], ...]:
    """The logos that could be fetched. Raises NotApplicable if there are none."""
    came = (
        (found, found.selector.logo)
        for found, got in fetched("logo")(facts, report)
        if got.ok and found.selector.logo is not None
    )
    return some(came, "the logo could not be fetched")


def certificates(facts: DomainFacts, report: Reporter) -> tuple[tuple[Found, BimiEvidence], ...]:
    """The mark certificates that could be read. Raises NotApplicable if there are none."""
    read = (
        (found, found.selector.evidence)
        for found, got in fetched("evidence")(facts, report)
        if got.ok and found.selector.evidence is not None and found.selector.evidence.chain
    )
    return some(read, "the certificate could not be fetched or read")
