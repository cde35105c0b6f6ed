"""The dated catalogue of what servers and receivers say (``bounces.toml``), and what of it fits a text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

About = Literal["sender", "recipient"]


class BounceEntry(Struct, frozen=True):
    """One thing that is said, its cause, what proves it and what mends it. See ``bounces.toml``."""

    id: str
    who: str
    source: str
    codes: tuple[str, ...]
    replies: tuple[int, ...]
    needles: tuple[tuple[str, ...], ...]
    cause: str
    checks: tuple[str, ...]
    fix: str
    next: str
    about: About
    strict: bool
    weight: float


class BounceList(Struct, frozen=True):
    """The catalogue. ``speakers`` are the receivers that can be told by signs in the text."""

    date: str
    speakers: tuple[tuple[str, tuple[str, ...]], ...]
    entries: tuple[BounceEntry, ...]


class Match(Struct, frozen=True):
    """An entry that fits. ``certain`` is False where the text does not show who speaks."""

    entry: BounceEntry
    certain: bool
    score: float


@lru_cache(maxsize=1)
def bounces() -> BounceList:
    """The bundled catalogue."""
    import tomllib  # only where it is needed: start-up counts

    data = tomllib.loads(Path(__file__).with_name("bounces.toml").read_text("utf-8"))
    sources: dict[str, str] = data["sources"]
    return BounceList(
        date=data["date"],
        speakers=tuple((each["name"], tuple(s.lower() for s in each["signs"])) for each in data["speaker"]),
        entries=tuple(
            BounceEntry(
                id=each["id"],
                who=each["who"],
                source=sources[each["source"]],
                codes=tuple(each.get("codes", ())),
                replies=tuple(each.get("replies", ())),
                needles=tuple(
                    tuple(part.strip().lower() for part in needle.split(" * "))
                    for needle in each.get("needles", ())
                ),
                cause=each["cause"],
                checks=tuple(each["checks"]),
                fix=each["fix"],
                next=each["next"],
                about=each.get("about", "sender"),
                strict=each.get("strict", False),
                weight=each.get("weight", 0.0),
            )
            for each in data["entry"]
        ),
    )


def speakers_in(text: str) -> tuple[str, ...]:
    """The receivers that the text shows signs of."""
    lower = text.lower()
    return tuple(name for name, signs in bounces().speakers if any(sign in lower for sign in signs))


def matches(
    text: str, statuses: Iterable[str], code: int = 0, *, registered: frozenset[str] = frozenset()
) -> tuple[Match, ...]:
    """What fits a text with these enhanced codes and this reply code, the best first.

    ``registered`` are the codes that have a sense of their own in the registry: alone they do not tell that
    a receiver speaks that uses them otherwise.
    """
    data = bounces()
    lower, codes = " ".join(text.lower().split()), frozenset(statuses)
    shown = speakers_in(text)
    names = {name for name, _ in data.speakers}
    found: list[Match] = []
    for entry in data.entries:
        own = codes.intersection(entry.codes)
        if (entry.codes and not own) or (entry.replies and code not in entry.replies):
            continue
        words = max((_length(lower, needle) for needle in entry.needles), default=0)
        if entry.needles and not words:
            continue
        if entry.who in names and shown and entry.who not in shown:
            continue
        vague = entry.strict or (not words and bool(own & registered))
        certain = entry.who not in names or entry.who in shown or not vague
        score = (4.0 if words else 0) + (3.0 if entry.who in shown else 0) + words / 1000
        score += (2.0 if own & registered else 5.0 if own else 0) + (0.5 if entry.replies else 0)
        score += entry.weight
        found.append(Match(entry, certain, score if certain else score - 4))
    return tuple(sorted(found, key=lambda each: -each.score))


def _length(text: str, needle: tuple[str, ...]) -> int:
    """How many characters of the needle stand in the text, its parts in their order; 0 where not all do."""
    at = 0
    for part in needle:
        found = text.find(part, at)
        if found < 0:
            return 0
        at = found + len(part)
    return sum(map(len, needle))
