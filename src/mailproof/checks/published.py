"""A record of tags that a rule checks: where it is published, what is wrong with it, and where in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from mailproof.model import Location, Lookup, TagProblem, TagRecord

R = TypeVar("R", bound=TagRecord)


class Part(Protocol):
    """Characters of a record: a tag, a fault, a destination."""

    @property
    def start(self) -> int:
        """The first of them."""

    @property
    def end(self) -> int:
        """The one behind them."""


class Published(Struct, Generic[R], frozen=True):
    """The one record that counts, and the lookup that found it."""

    lookup: Lookup
    record: R

    @property
    def name(self) -> str:
        """The name that the record is at."""
        return self.lookup.name

    def at(self, part: Part | None = None) -> Location:
        """The record, or characters of it."""
        start, end = (part.start, part.end) if part is not None else (None, None)
        return Location(self.name, "TXT", self.record.text, start, end)

    def at_tag(self, name: str) -> Location:
        """The tag of that name, or the whole record where it is not written."""
        return self.at(self.record.tag(name))

    def problems(self, *codes: str) -> Iterator[TagProblem]:
        """The faults of these kinds."""
        return (problem for problem in self.record.problems if problem.code in codes)
