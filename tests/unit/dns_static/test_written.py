"""Columns of a record's characters in its file, with any splitting and escaping."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.dns import RecordingResolver, SnapshotResolver, ZoneResolver
from mailproof.dns.written import Piece, Written, span_of

TEXT = st.text(alphabet='v=spf1 aü€"\\;~', min_size=1, max_size=40)


def zone_span(line: str, record: str, part: str, rrtype: str = "TXT") -> tuple[int, int, int] | None:
    zone = ZoneResolver.from_text(f"$ORIGIN a.example.\n{line}\n", origin=None, file="a.zone")
    written = zone.position("a.example", rrtype, record)
    assert written is not None
    start = record.index(part)
    return span_of(written, rrtype, record, start, start + len(part))


@pytest.mark.parametrize(
    ("line", "record", "part", "expected"),
    [
        ('@ TXT "v=spf1 +mx -all"', "v=spf1 +mx -all", "+mx", (2, 15, 18)),
        ('@ TXT "v=spf1 " "+mx -all"', "v=spf1 +mx -all", "+mx", (2, 18, 21)),
        ('@ TXT "v=spf1 +" "mx -all"', "v=spf1 +mx -all", "+mx", (2, 15, 21)),
        ('@ TXT ( "v=spf1 "\n  "+mx -all" )', "v=spf1 +mx -all", "+mx", (3, 4, 7)),
        ('@ TXT ( "v=spf1 +m"\n  "x -all" )', "v=spf1 +mx -all", "+mx", (2, 17, 19)),
        (r"@ TXT v=DMARC1\;p=rejct\;t=y", "v=DMARC1;p=rejct;t=y", "rejct", (2, 19, 24)),
        (r'@ TXT "v=DMARC1\059\032p=rejct"', "v=DMARC1; p=rejct", "rejct", (2, 26, 31)),
        (r'@ TXT "a\"b"', 'a"b', '"', (2, 9, 11)),
        ('@ 60 IN TXT "\N{LATIN SMALL LETTER U WITH DIAERESIS} x"', "\xfc x", "x", (2, 16, 17)),
        (r'@ TXT "\252 x"', "\xfc x", "x", (2, 13, 14)),
    ],
)
def test_a_part_of_a_text_in_a_zone_file(
    line: str, record: str, part: str, expected: tuple[int, int, int]
) -> None:
    assert zone_span(line, record, part) == expected


def test_what_is_missing_at_the_end_is_behind_the_last_character() -> None:
    written = Written("a.zone", 1, (Piece('"v=spf1 mx"', 1, 7),))
    assert span_of(written, "TXT", "v=spf1 mx", 9, 9) == (1, 17, 17)


def test_words_of_other_records() -> None:
    assert zone_span("@ MX 10   mx", "10 mx.a.example", "mx.a.example", "MX") == (2, 11, 13)
    assert zone_span("@ MX 10   mx", "10 mx.a.example", "10", "MX") == (2, 6, 8)


def test_the_whole_record_is_from_its_first_word_to_its_last_on_the_line() -> None:
    pieces = (Piece('"a"', 4, 7), Piece('"b"', 4, 11), Piece('"c"', 5, 1))
    assert span_of(Written("z", 4, pieces), "TXT", "abc", None, None) == (4, 7, 14)


def test_no_column_where_the_text_is_another() -> None:
    written = Written("z", 4, (Piece('"other"', 4, 7),))
    assert span_of(written, "TXT", "v=spf1", 0, 6) is None
    assert span_of(Written("z", 4), "TXT", "v=spf1", 0, 6) is None
    assert span_of(Written("z", 4, (Piece('""', 4, 7),)), "TXT", "", 0, 0) is None
    assert span_of(Written("z", 4, (Piece(r'"\x"', 4, 7),), "json"), "TXT", "v", 0, 1) is None


def test_generated_records_have_no_column() -> None:
    text = "$ORIGIN g.example.\n$GENERATE 1-2 t$ TXT abc$\nafter TXT abc1\n"
    zone = ZoneResolver.from_text(text, origin=None, file="g")
    made, after = (zone.position(f"{name}.g.example", "TXT", "abc1") for name in ("t1", "after"))
    assert made is not None
    assert after is not None
    assert span_of(made, "TXT", "abc1", 0, 3) is None
    assert span_of(after, "TXT", "abc1", 0, 3) == (3, 11, 14)


@pytest.mark.parametrize(
    ("literal", "record", "part", "expected"),
    [
        ('"v=spf1 +mx"', "v=spf1 +mx", "+mx", (9, 13, 16)),
        (r'"\"v=spf1 \" \"+mx\""', "v=spf1 +mx", "+mx", (9, 20, 23)),
        (r'"v=spf1 \"\"+mx"', "v=spf1 +mx", "+mx", (9, 17, 20)),
        (r'"v=spf1\u0020+mx"', "v=spf1 +mx", "+mx", (9, 18, 21)),
        (r'"v=DMARC1\\; p=x"', "v=DMARC1; p=x", "p=x", (9, 18, 21)),
        (r'"\ud83d\ude00 p=x"', "\U0001f600 p=x", "p=x", (9, 19, 22)),
    ],
)
def test_a_part_of_a_text_in_json(
    literal: str, record: str, part: str, expected: tuple[int, int, int]
) -> None:
    start = record.index(part)
    written = Written("plan.json", 9, (Piece(literal, 9, 5),), "json")
    found = span_of(written, "TXT", record, start, start + len(part))
    assert found == expected
    assert literal[expected[1] - 5 : expected[2] - 5] == part


@pytest.mark.parametrize(
    ("raw", "record", "column"),
    [
        (r"v=DMARC1\; p=x", "v=DMARC1; p=x", 12),
        ("v=DMARC1; p=x", "v=DMARC1; p=x", 11),
        ("'v=DMARC1; a=''b; p=x'", "v=DMARC1; a='b; p=x", 19),
        (r'"v=DMARC1\\; p=x"', "v=DMARC1; p=x", 14),
        ('\'"v=DMARC1; " "p=x"\'', "v=DMARC1; p=x", 16),
    ],
)
def test_a_part_of_a_text_in_yaml(raw: str, record: str, column: int) -> None:
    written = Written("a.yaml", 3, (Piece(raw, 3, 1),), "yaml")
    start = record.index("p=x")
    assert span_of(written, "TXT", record, start, start + 3) == (3, column, column + 3)


@given(TEXT, st.data())
def test_each_character_is_where_it_was_written(text: str, data: st.DataObject) -> None:
    """The test writes the line one character at a time, and records where each begins and ends."""
    line, spans = '@ TXT "', []
    for character in text:
        if data.draw(st.booleans()):
            line += '" "'
        begin = len(line) + 1
        if character in '"\\' or (character.isascii() and data.draw(st.booleans())):
            line += f"\\{ord(character):03d}" if data.draw(st.booleans()) else f"\\{character}"
            if line[begin:].isdigit() and len(line[begin:]) == 1:  # not an escape
                line = line[: begin - 1] + character
        else:
            line += character
        spans.append((begin, len(line) + 1))
    line += '"'
    at = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(at + 1, len(text)))
    zone = ZoneResolver.from_text(f"$ORIGIN a.example.\n{line}\n", origin=None, file="a.zone")
    written = zone.position("a.example", "TXT", text)
    assert written is not None
    assert span_of(written, "TXT", text, at, end) == (2, spans[at][0], spans[end - 1][1])


@given(TEXT, st.booleans())
def test_each_character_of_json_is_where_it_was_written(text: str, only_ascii: bool) -> None:
    literal = json.dumps(text, ensure_ascii=only_ascii)
    written = Written("plan.json", 1, (Piece(literal, 1, 1),), "json")
    for at, character in enumerate(text):
        span = span_of(written, "TXT", text, at, at + 1)
        assert span is not None
        assert json.loads(f'"{literal[span.column - 1 : span.end_column - 1]}"') == character


async def test_a_recording_keeps_the_columns(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("r") / "r.json"
    zone = ZoneResolver.from_text('$ORIGIN a.example.\n@ TXT "v=spf1 " "+mx"\n', origin=None, file="a.zone")
    recording = RecordingResolver(zone)
    await recording.query("a.example", "TXT")
    written = recording.position("a.example", "TXT", "v=spf1 +mx")
    recording.save(file)
    assert written is not None
    assert SnapshotResolver.load(file).position("a.example", "TXT", "v=spf1 +mx") == written
