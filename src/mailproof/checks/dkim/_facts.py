"""What the DKIM rules share: the keys to judge, where they stand, and how to write them anew."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.frozen import frozen
from mailproof.model import (
    DkimDiscovery,
    DkimKeyRecord,
    DkimSelectorFacts,
    DomainFacts,
    Fix,
    FixRecord,
    Location,
    TagProblem,
)

#: What made us ask for a selector that the domain's owner or a message named.
NAMED = ("given", "message")


@frozen
class PublishedKey:
    """A selector with the key record found at it."""

    facts: DkimSelectorFacts
    record: DkimKeyRecord

    @property
    def owner(self) -> str:
        """The name that holds the record: the end of a CNAME chain, or the selector's own."""
        return self.facts.target or self.facts.name

    @property
    def whose(self) -> str:
        """Who has to change it, for a fix."""
        return f" (it is at {self.facts.target}: its owner must change it)" if self.facts.target else ""

    def at(self, start: int | None = None, end: int | None = None) -> Location:
        """The record, or characters of it."""
        return Location(self.owner, "TXT", self.record.text, start, end)

    def at_problem(self, problem: TagProblem) -> Location:
        """The characters that are at fault."""
        return self.at(problem.start, problem.end)

    def at_tag(self, name: str) -> Location:
        """The tag of that name, or the whole record."""
        tag = next((tag for tag in self.record.tags if tag.name == name), None)
        return self.at(tag.start, tag.end) if tag else self.at()

    def problems(self, *codes: str) -> Iterator[TagProblem]:
        """The faults of these kinds."""
        return (problem for problem in self.record.problems if problem.code in codes)

    def replace(self, summary: str, value: str) -> Fix:
        """A fix that replaces the record."""
        old = FixRecord(self.owner, "TXT", self.record.text, action="remove")
        return Fix(summary + self.whose, (old, FixRecord(self.owner, "TXT", value)))

    def remove(self, summary: str) -> Fix:
        """A fix that takes the record away."""
        return Fix(summary + self.whose, (FixRecord(self.owner, "TXT", self.record.text, action="remove"),))

    def edited(self, **changes: str | None) -> str:
        """The record with tags set, or left out where the value is None; ``v=DKIM1`` always first."""
        values = {tag.name: tag.value for tag in self.record.tags if tag.name != "v"}
        for name, value in changes.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        if "p" in values:  # the long one last, as everybody writes it
            values["p"] = values.pop("p")
        return "; ".join(("v=DKIM1", *(f"{name}={value}" for name, value in values.items())))


def discovery(facts: DomainFacts) -> DkimDiscovery:
    """How the search went. Raises Undetermined where it failed."""
    if facts.dkim_discovery is None:
        raise Undetermined(f"the DKIM keys of {facts.domain} could not be collected")
    return facts.dkim_discovery


def keys(facts: DomainFacts) -> tuple[PublishedKey, ...]:
    """All selectors with one key record, revoked or broken ones too.

    Raises Undetermined where there is none to judge because look-ups failed, NotApplicable where there is
    none at all.
    """
    discovery(facts)
    found = tuple(PublishedKey(each, each.record) for each in facts.dkim if each.record is not None)
    if found:
        return found
    failed = next((each for each in facts.dkim if each.status == "unknown"), None)
    if failed is not None:
        raise Undetermined(failed.lookup.describe())
    raise NotApplicable("no DKIM key is known")


def settle(facts: DomainFacts) -> None:
    """To be called after the findings: raises Undetermined where a named selector could not be asked for.

    Raises NotApplicable where no selector is known, so that there was nothing to judge.
    """
    for each in facts.dkim:
        if each.status == "unknown" and each.origin in NAMED:
            raise Undetermined(each.lookup.describe())
    if all(each.status == "unknown" for each in facts.dkim):
        raise NotApplicable("no selector is known")
