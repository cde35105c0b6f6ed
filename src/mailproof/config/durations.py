"""Durations like ``90s``, ``15m``, ``1h``, ``2d``, and recurring or fixed time windows."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from msgspec import Struct

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s{0,3}([smhdw])?", re.ASCII | re.IGNORECASE)
#: The longest duration a setting may have, in seconds: ten years.
MAX_DURATION = 315_360_000.0
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY = re.compile(r"(?:([a-z][a-z, -]{0,40})\s+)?(\d\d?:\d\d)\s{0,3}-\s{0,3}(\d\d?:\d\d)", re.ASCII)
WINDOW_FORMS = '"02:00-03:00", "Sat,Sun 22:00-06:00" or "2026-12-01T22:00/2026-12-02T02:00"'


def seconds(text: str) -> float:
    """Parse a duration into seconds. Raises ValueError with a message for the user."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a duration: write it like 90s, 15m, 1h or 2d")
    value = float(found[1]) * _UNITS[(found[2] or "s").lower()]
    if value > MAX_DURATION:
        raise ValueError(f"{text[:40]!r} is longer than ten years")
    return value


class Window(Struct, frozen=True):
    """A daily window on some weekdays (0 is Monday; may end the next day), or a span of time."""

    days: tuple[int, ...] = ()
    begins: time = time()
    ends: time = time()
    since: datetime | None = None
    until: datetime | None = None

    def contains(self, now: datetime) -> bool:
        """Whether ``now`` is within the window, whose times are in the time zone of ``now``."""
        if self.since is not None and self.until is not None:
            return self.since.replace(tzinfo=now.tzinfo) <= now < self.until.replace(tzinfo=now.tzinfo)
        clock = now.time().replace(tzinfo=None)
        if self.begins < self.ends:
            return now.weekday() in self.days and self.begins <= clock < self.ends
        yesterday = (now - timedelta(days=1)).weekday()
        return (now.weekday() in self.days and clock >= self.begins) or (
            yesterday in self.days and clock < self.ends
        )


def window(text: str) -> Window:
    """Parse a window. Raises ValueError with a message for the user."""
    wrong = ValueError(f"{text[:60]!r} is not a time window: write it like {WINDOW_FORMS}")
    if "/" in text:
        try:
            since, until = (datetime.fromisoformat(part.strip()) for part in text.split("/", 1))
        except ValueError:
            raise wrong from None
        if since.tzinfo is not None or until.tzinfo is not None:
            raise ValueError(f"{text[:60]!r}: windows are in local time: remove the time zone")
        if since >= until:
            raise ValueError(f"{text[:60]!r} ends before it begins")
        return Window(since=since, until=until)
    found = _DAILY.fullmatch(text.strip().lower())
    if found is None:
        raise wrong
    try:
        begins, ends = (time.fromisoformat(f"{part:0>5}") for part in (found[2], found[3]))
        days = _days(found[1] or "mon-sun")
    except ValueError:
        raise wrong from None
    if begins == ends:
        raise ValueError(f"{text[:60]!r} has no length: 00:00-23:59 is nearly all day")
    return Window(days, begins, ends)


def _days(text: str) -> tuple[int, ...]:
    """Parse English weekday names and ranges of them. Raises ValueError."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = (each.strip()[:3] for each in part.partition("-"))
        begin = _DAYS.index(first)
        end = _DAYS.index(last) if last else begin
        found += [day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1)]
    return tuple(dict.fromkeys(found))
