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


class Sample(Struct, frozen=True):
    """The figures of a target: of its last check, and counted since the beginning (``runs``, ``placed``)."""

    at: float = 0.0
    elapsed_s: float = 0.0
    complete: bool = False
    grade: str = ""
    severities: dict[str, int] = {}
    unknown: int = 0
    receiver: str = ""
    folder: str = ""
    arrived: bool | None = None
    seconds: float | None = None
    auth: dict[str, str] = {}
    certificates: dict[str, float] = {}
    keys: dict[str, float] = {}
    runs: int = 0
    failures: int = 0
    placed: dict[str, int] = {}


def moment(at: float) -> datetime:
    """Seconds since 1970 as a time."""
    return datetime.fromtimestamp(at, UTC)
