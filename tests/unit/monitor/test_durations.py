"""Durations and time windows in the configuration and options."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.config.durations import seconds, window


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90), ("90s", 90), ("15m", 900), ("1h", 3600), ("1.5h", 5400), ("2d", 172_800), ("1W", 604_800)],
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "h", "1y", "-1h", "1h30m", "1e9", "٣s", "999999999w"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|longer than ten years"):
        seconds(text)


def at(day: int, clock: str) -> datetime:
    """November 2026: the 23rd is a Monday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("02:00-03:00", [at(23, "02:00"), at(28, "02:59")], [at(23, "01:59"), at(23, "03:00")]),
        ("22:00-6:00", [at(23, "23:00"), at(24, "05:59")], [at(24, "06:00"), at(24, "21:59")]),
        ("Sat 22:00-06:00", [at(28, "22:00"), at(29, "03:00")], [at(28, "03:00"), at(29, "22:00")]),
        ("Mon-Wed, Sun 10:00-11:00", [at(24, "10:30"), at(29, "10:30")], [at(26, "10:30")]),
        ("fri-mon 10:00-11:00", [at(23, "10:30"), at(28, "10:30")], [at(24, "10:30"), at(26, "10:30")]),
        (
            "2026-11-23T22:00/2026-11-24T02:00",
            [at(23, "22:00"), at(24, "01:59")],
            [at(23, "21:59"), at(24, "02:00")],
        ),
    ],
)
def test_windows(text: str, inside: list[datetime], outside: list[datetime]) -> None:
    found = window(text)
    assert [found.contains(each) for each in inside] == [True] * len(inside)
    assert [found.contains(each) for each in outside] == [False] * len(outside)


@pytest.mark.parametrize(
    "text",
    [
        "night",
        "25:00-26:00",
        "Someday 01:00-02:00",
        "02:00-02:00",
        "2026-11-24/2026-11-23",
        "2026-11-23T22:00Z/2026-11-24T02:00Z",
        "2026-11-23/never",
        "Mon,,Tue 01:00-02:00",
    ],
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not a time window|has no length|ends before it begins|local time"
    ):
        window(text)
