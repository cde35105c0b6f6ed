"""The remembered state of a target, and the changes that are reported."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from mailproof.config import DomainSettings, Profile
from mailproof.model import Report

Kind = Literal["domain", "probe"]
Effect = Literal["worse", "better", "neutral"]


class Target(Struct, frozen=True):
    """Something to check repeatedly: a domain with its settings, or a profile."""

    kind: Kind
    name: str
    domain: DomainSettings | None = None
    profile: Profile | None = None

    @property
    def label(self) -> str:
        """The target's name in messages."""
        return self.name if self.kind == "domain" else f"probe {self.name}"


class News(Struct, frozen=True):
    """One change. ``part`` is what changed (``arrival``, ``grade`` …), or ``first`` for the first check."""

    part: str
    effect: Effect
    text: str
    old: str = ""
    new: str = ""
    rule: str = ""
    severity: str = ""


class Event(Struct, frozen=True):
    """A saved change of a target; ``id`` stays the same if it is delivered again."""

    id: int
    at: datetime
    kind: Kind
    target: str
    news: News

    @property
    def label(self) -> str:
        """The target's name in messages."""
        return self.target if self.kind == "domain" else f"probe {self.target}"


class FirstSeen(Struct, frozen=True):
    """A DKIM key, and when it was first seen (Unix time)."""

    key: str
    since: float


class Known(Struct, frozen=True):
    """The last known state of a target, part by part: a part that could not be checked keeps its state.

    ``marks`` are single values by name (grade, certificates, arrival); ``pending`` counts the consecutive
    checks that saw a change which does not count yet; ``keys`` are DKIM keys by selector.
    """

    report: Report
    marks: dict[str, str]
    pending: dict[str, int]
    keys: dict[str, FirstSeen]


class Place(Struct, frozen=True):
    """Metrics of a probe at one receiver: for the last one, and in total (``placed``)."""

    folder: str = ""
    arrived: bool | None = None
    seconds: float | None = None
    auth: dict[str, str] = {}
    placed: dict[str, int] = {}


class Sample(Struct, frozen=True):
    """Metrics of a target: for its last check, and in total (``runs``).

    ``places`` are the receivers of a probe.
    """

    at: float = 0.0
    elapsed_s: float = 0.0
    complete: bool = False
    grade: str = ""
    severities: dict[str, int] = {}
    unknown: int = 0
    places: dict[str, Place] = {}
    certificates: dict[str, float] = {}
    keys: dict[str, float] = {}
    runs: int = 0
    failures: int = 0

    @property
    def arrived(self) -> bool | None:
        """Whether the last probe arrived at all receivers; None if that is unknown for all."""
        known = [each.arrived for each in self.places.values() if each.arrived is not None]
        return all(known) if known else None

    @property
    def folder(self) -> str:
        """The folders in which the last probe arrived, each once."""
        return "; ".join(dict.fromkeys(each.folder for each in self.places.values() if each.folder))

    @property
    def seconds(self) -> float | None:
        """How long the last probe took to reach the slowest receiver."""
        return max((each.seconds for each in self.places.values() if each.seconds is not None), default=None)


def moment(at: float) -> datetime:
    """Convert Unix time to a datetime in UTC."""
    return datetime.fromtimestamp(at, UTC)
