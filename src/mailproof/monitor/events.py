"""What is remembered of a target, and the changes that are reported."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from mailproof.config import DomainSettings, Profile
from mailproof.model import Report

Kind = Literal["domain", "probe"]
Effect = Literal["worse", "better", "neutral"]


class Target(Struct, frozen=True):
    """Something to check again and again: a domain with its settings, or a profile."""

    kind: Kind
    name: str
    domain: DomainSettings | None = None
    profile: Profile | None = None

    @property
    def label(self) -> str:
        """What a line calls it."""
        return self.name if self.kind == "domain" else f"probe {self.name}"


class News(Struct, frozen=True):
    """One change. ``part`` is what changed (``arrival``, ``grade`` …); ``first`` for the first check."""

    part: str
    effect: Effect
    text: str
    old: str = ""
    new: str = ""
    rule: str = ""
    severity: str = ""


class Event(Struct, frozen=True):
    """A change of a target as it was kept: ``id`` is the same however often it is delivered."""

    id: int
    at: datetime
    kind: Kind
    target: str
    news: News

    @property
    def label(self) -> str:
        """What a line calls the target."""
        return self.target if self.kind == "domain" else f"probe {self.target}"


class FirstSeen(Struct, frozen=True):
    """A DKIM key, and since when it is known (seconds since 1970)."""

    key: str
    since: float


class Known(Struct, frozen=True):
    """What was last known of a target, part by part: a part that could not be checked stays as it was.

    ``marks`` are single values by name (grade, certificates, arrival); ``pending`` counts the checks in a row
    that saw a change which does not count yet; ``keys`` are DKIM keys by selector.
    """

    report: Report
    marks: dict[str, str]
    pending: dict[str, int]
    keys: dict[str, FirstSeen]


class Place(Struct, frozen=True):
    """The figures of a probe at one receiver: of the last one, and since the beginning (``placed``)."""

    folder: str = ""
    arrived: bool | None = None
    seconds: float | None = None
    auth: dict[str, str] = {}
    placed: dict[str, int] = {}


class Sample(Struct, frozen=True):
    """The figures of a target: of its last check, and counted since the beginning (``runs``).

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
        """Whether the last probe arrived at all receivers; None where that is not known of any."""
        known = [each.arrived for each in self.places.values() if each.arrived is not None]
        return all(known) if known else None

    @property
    def folder(self) -> str:
        """Where the last probe arrived, each folder once."""
        return "; ".join(dict.fromkeys(each.folder for each in self.places.values() if each.folder))

    @property
    def seconds(self) -> float | None:
        """How long the last probe took to the slowest receiver."""
        return max((each.seconds for each in self.places.values() if each.seconds is not None), default=None)


def moment(at: float) -> datetime:
    """Seconds since 1970 as a time."""
    return datetime.fromtimestamp(at, UTC)
