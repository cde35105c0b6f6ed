"""What the DMARC rules share: the record that applies, its places, and guards for what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.frozen import frozen
from mailproof.model import (
    DmarcFacts,
    DmarcRecord,
    DmarcStep,
    DomainFacts,
    Fix,
    FixRecord,
    Location,
    TagProblem,
)
from mailproof.records.dmarc_text import NearMiss, near_miss
from mailproof.records.tags import value_span


@frozen
class Applied:
    """The record that applies to the domain, and the name that it stands at."""

    dmarc: DmarcFacts
    record: DmarcRecord
    name: str

    @property
    def own(self) -> bool:
        """Whether the record is the domain's own."""
        return self.dmarc.policy_domain == self.dmarc.domain

    def at(self, start: int | None = None, end: int | None = None) -> Location:
        """The record, or characters of it."""
        return Location(self.name, "TXT", self.record.text, start, end)

    def at_tag(self, name: str) -> Location:
        """The tag of that name, or the whole record where it is not written."""
        tag = self.record.tag(name)
        return self.at(tag.start, tag.end) if tag else self.at()

    def problems(self, *codes: str) -> Iterator[TagProblem]:
        """The faults of these kinds."""
        return (problem for problem in self.record.problems if problem.code in codes)

    def value(self, problem: TagProblem) -> str:
        """The value of the tag that a fault stands in."""
        for tag in self.record.tags:
            if tag.start <= problem.start < tag.end or value_span(tag)[0] == problem.start:
                return tag.value
        return ""

    def publish(self, summary: str, value: str) -> Fix:
        """A fix that replaces the record."""
        old = FixRecord(self.name, "TXT", self.record.text, action="remove")
        return Fix(summary, (old, FixRecord(self.name, "TXT", value)))


def walked(facts: DomainFacts) -> DmarcFacts:
    """The DMARC facts. Raises NotApplicable where they were not asked for."""
    if facts.dmarc is None:
        raise NotApplicable("DMARC was not looked at")
    return facts.dmarc


def own_step(facts: DomainFacts) -> DmarcStep:
    """The look-up of the domain's own record. Raises Undetermined where it failed."""
    step = walked(facts).walk.steps[0]
    if step.lookup.undetermined:
        raise Undetermined(step.lookup.describe())
    return step


def applied(facts: DomainFacts) -> Applied:
    """The record that applies. Raises Undetermined or NotApplicable where there is none to judge."""
    dmarc = walked(facts)
    if dmarc.record is not None:
        return Applied(dmarc, dmarc.record, f"_dmarc.{dmarc.policy_domain}")
    own = own_step(facts)
    if own.record is None and dmarc.walk.unknown is not None:
        raise Undetermined(dmarc.walk.unknown.describe())
    raise NotApplicable("no DMARC record applies")


def known_walk(dmarc: DmarcFacts) -> None:
    """Raises Undetermined where the organizational domain could not be found out."""
    if dmarc.walk.unknown is not None:
        raise Undetermined(dmarc.walk.unknown.describe())


def near_misses(step: DmarcStep, *kinds: NearMiss) -> Iterator[tuple[str, NearMiss]]:
    """The texts at the name that were meant as DMARC records and are none, for these reasons."""
    for text in step.other_txt:
        kind = near_miss(text)
        if kind and kind in kinds:
            yield text, kind


def first_record(domain: str) -> str:
    """The record to begin with: it asks for reports and changes nothing else."""
    return f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
