"""No external text reaches a terminal unescaped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.model import FixRecord, Location
from mailproof.render.shown import seconds
from mailproof.render.text.style import clean, counted, days


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text", "plain text"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("bell\x07", "bell\\x07"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u200bb", "a\\u200bb"),
        ("nb\u00a0sp", "nb\\xa0sp"),
        ("c1\x9b", "c1\\x9b"),
        ("Grüße 日本", "Grüße 日本"),
        ("\udc80", "\\udc80"),
        ("line\nbreak", "line\\x0abreak"),
        ("from a\r\n\tby b", "from a by b"),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(st.text())
def test_clean_is_always_printable(text: str) -> None:
    assert all(character.isprintable() for character in clean(text))


def test_clean_is_bounded() -> None:
    assert len(clean("x" * 10_000_000)) < 5000


def test_one_and_more() -> None:
    assert [counted(n, "hop") for n in (0, 1, 2, 1_234_567)] == [
        "0 hops",
        "1 hop",
        "2 hops",
        "1,234,567 hops",
    ]
    assert [counted(n, "day") for n in (1.0, 6.9, 30.0)] == ["1 day", "6.9 days", "30 days"]


def test_durations() -> None:
    assert [seconds(0.02), seconds(1.5), seconds(600), seconds(8000)] == ["20 ms", "1.5 s", "10 min", "2.2 h"]
    assert [days(1), days(30), days(-1), days(-3)] == [
        "1 day left",
        "30 days left",
        "expired within the last day",
        "expired 2 days ago",
    ]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("v=spf1 -all", 'a.example. 3600 IN TXT "v=spf1 -all"'),
        ('say "hi"\\', 'a.example. 3600 IN TXT "say \\"hi\\"\\\\"'),
        ("é", 'a.example. 3600 IN TXT "\\195\\169"'),
        ("x" * 256, f'a.example. 3600 IN TXT "{"x" * 255}" "x"'),
    ],
)
def test_fix_record_as_bind_line(value: str, line: str) -> None:
    assert FixRecord("a.example", "TXT", value).bind == line


def test_fingerprint_survives_rewording_and_moving() -> None:
    from mailproof.model import Finding, Severity

    def finding(message: str, start: int, record: str) -> str:
        where = Location("a.example", "TXT", record, start, start + 4)
        return Finding("SPF006", Severity.ERROR, "a.example", message, where).fingerprint

    assert finding("one", 7, "v=spf1 +all") == finding("two", 10, "v=spf1 mx +all")
    assert finding("one", 7, "v=spf1 +all") != finding("one", 7, "v=spf1 ?all")
