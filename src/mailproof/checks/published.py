"""A record of tags as rules check it: its name, its problems, and locations in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from mailproof.checks.base import required
from mailproof.model import Location, Lookup, TagProblem, TagRecord

R = TypeVar("R", bound=TagRecord)


class Part(Protocol):
    """A span of a record: a tag, a fault, a destination."""

    @property
    def start(self) -> int:
        """The offset of its first character."""

    @property
    def end(self) -> int:
        """The offset after its last character."""


def the_one(record: R | None, texts: tuple[str, ...], kind: str) -> R:
    """The record that counts. Raises NotApplicable if there is none, or more than one."""
    return required(record, f"several {kind} records" if texts else f"no {kind} record")


class Published(Struct, Generic[R], frozen=True):
    """The record that counts, and the lookup that found it."""

    lookup: Lookup
    record: R

    @property
    def name(self) -> str:
        """The name of the record."""
        return self.lookup.name

    def at(self, part: Part | None = None) -> Location:
        """The location of the record, or of a part of it."""
        start, end = (part.start, part.end) if part is not None else (None, None)
        return Location(self.name, "TXT", self.record.text, start, end)

    def at_tag(self, name: str) -> Location:
        """The location of a tag, or of the whole record if it has no such tag."""
        return self.at(self.record.tag(name))

    def problems(self, *codes: str) -> Iterator[TagProblem]:
        """The problems with these codes."""
        return (problem for problem in self.record.problems if problem.code in codes)
