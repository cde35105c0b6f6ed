"""JSON: stable output for every report."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from msgspec import Struct

from mailproof.model import Accepted, FixRecord, ReceivedHop, Severity
from mailproof.model.numbers import Large
from mailproof.render import json as rendered
from mailproof.render.json import json_text, to_plain

MODEL = Path(rendered.__file__).parents[1] / "model"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Held(Struct):
    now: object


def one_line(value: object) -> str:
    return json_text(Held(value), indent=None)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        None,
        True,
        0.1,
        2**100,
        'a "b" \\ / \b\f\n\r\t\x00\x1f',
        'Größe\u2029"',
        [[1, {"a": "b"}], {"c": []}],
        '"now":"2026-11-01T12:00:00Z"',
        ["2026-11-01T12:00:00Z"],
    ],
)
def test_as_the_standard_library_writes_it(value: object) -> None:
    for indent in (None, 2):
        text = json.dumps({"now": value}, indent=indent, ensure_ascii=False) + "\n"
        assert json_text(Held(value), indent=indent) == text.replace("\u2029", "\\u2029")


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (NOON, "2026-11-01T12:00:00+00:00"),
        (NOON.replace(microsecond=120), "2026-11-01T12:00:00.000120+00:00"),
        (NOON.replace(tzinfo=timezone(-timedelta(hours=2, minutes=30))), "2026-11-01T12:00:00-02:30"),
        (NOON.replace(tzinfo=None), "2026-11-01T12:00:00"),
        (date(2026, 11, 1), "2026-11-01"),
    ],
)
def test_times_have_their_offset_as_digits(time: date, text: str) -> None:
    assert one_line(time) == f'{{"now": "{text}"}}\n'
    assert time.isoformat() == text


def test_every_time_of_the_model_is_known_by_its_key() -> None:
    source = "\n".join(path.read_text() for path in MODEL.glob("*.py"))
    assert set(re.findall(r"^    (\w+): (?:Instant|date)\b", source, re.MULTILINE)) == set(rendered.TIMES)
    assert to_plain(Accepted("SPF003", expires=NOON))["expires"] == NOON.isoformat()


@pytest.mark.parametrize("character", ["\x7f", "\x9b", "\u202e", "\u200b", "\ufeff", "\U000e0041"])
def test_what_a_terminal_would_obey_is_an_escape(character: str) -> None:
    text = one_line(f"a{character}ü")
    assert character not in text
    assert "ü" in text
    assert json.loads(text) == {"now": f"a{character}ü"}


def test_octets_that_are_no_text_are_spelled() -> None:
    held = Held({"a": ("\udc80", Severity.INFO, 1, None)})
    assert to_plain(held) == {"now": {"a": [r"\udc80", "info", 1, None]}}
    assert to_plain(ReceivedHop(from_="\udcff", timestamp=NOON))["timestamp"] == NOON.isoformat()


def test_names_that_python_keeps_for_itself() -> None:
    hop = to_plain(ReceivedHop(from_="a", with_="b", for_="c"))
    assert (hop["from"], hop["with"], hop["for"]) == ("a", "b", "c")
    assert not [name for name in hop if name.endswith("_")]


def test_a_record_brings_its_line() -> None:
    record = FixRecord("acme.example", "TXT", "v=spf1 -all", "remove", bind="anything")
    assert to_plain(record)["bind"] == '; remove: acme.example. 3600 IN TXT "v=spf1 -all"'


def test_what_has_no_place_in_a_report() -> None:
    with pytest.raises(TypeError):
        one_line(object())


def test_large_numbers_are_strings() -> None:
    """JavaScript and jq would round them; the code path for non-UTF-8 texts is a different one."""
    assert to_plain(Held((Large(2**128), 5))) == {"now": ["340282366920938463463374607431768211456", 5]}
    assert to_plain(Held((Large(0), "\udc80"))) == {"now": ["0", r"\udc80"]}
