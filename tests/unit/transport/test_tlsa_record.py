"""The parser of TLSA records, on good, bad and hostile text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.hostnames import is_full_name, name_matches
from mailproof.records.tlsa import parse_tlsa

SHA256, SHA512 = "ab" * 32, "cd" * 64


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        (f"3 1 1 {SHA256}", "3 1 1"),
        (f"3 1 2 {SHA512}", "3 1 2"),
        (f"2 0 1 {SHA256.upper()}", "2 0 1"),
        (f"  3  1 1 {SHA256[:20]} {SHA256[20:]} ", "3 1 1"),
        ("3 0 0 30820122", "3 0 0"),
    ],
)
def test_records_that_can_be_used(text: str, parameters: str) -> None:
    record = parse_tlsa(text)
    assert record.usable
    assert record.parameters == parameters
    assert record.data == "".join(text.split()[3:]).lower()


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        (f"0 1 1 {SHA256}", "pkix-usage", "0"),
        (f"1 1 1 {SHA256}", "pkix-usage", "1"),
        (f"4 1 1 {SHA256}", "usage", "4"),
        (f"255 1 1 {SHA256}", "usage", "255"),
        (f"3 2 1 {SHA256}", "selector", "2"),
        (f"3 1 3 {SHA256}", "matching", "3"),
        (f"3 1 1 {SHA256[:-2]}", "length", SHA256[:-2]),
        (f"3 1 1 {SHA256[:-1]}", "length", SHA256[:-1]),
        (f"3 1 2 {SHA256}", "length", SHA256),
        (f"3 1 1 {SHA512}", "length", SHA512),
        (f"3 1 0 {SHA256}", "length", SHA256),
        ("3 1 1 xyz", "data", "xyz"),
        ("3 1 1", "syntax", "3 1 1"),
        ("three one one " + SHA256, "syntax", "three one one " + SHA256),
        ("300 1 1 " + SHA256, "syntax", "300 1 1 " + SHA256),
        ("", "syntax", ""),
    ],
)
def test_records_that_cannot(text: str, code: str, marked: str) -> None:
    record = parse_tlsa(text)
    assert not record.usable
    problem = next(each for each in record.problems if each.code == code)
    assert text[problem.start : problem.end] == marked


@given(st.text(max_size=300))
def test_nothing_raises(text: str) -> None:
    record = parse_tlsa(text)
    assert all(0 <= p.start <= p.end <= len(text) for p in record.problems)


def test_far_too_much_data_is_refused() -> None:
    record = parse_tlsa("3 0 0 " + "30" * 40_000)
    assert [problem.code for problem in record.problems] == ["data"]
    assert record.data == ""


@pytest.mark.parametrize(
    ("names", "host", "expected"),
    [
        (("mx.acme.example",), "MX.acme.example.", True),
        (("*.acme.example",), "mx.acme.example", True),
        (("*.acme.example",), "a.mx.acme.example", False),
        (("*.acme.example",), "acme.example", False),
        (("*.example",), "acme.example", False),
        (("m*.acme.example",), "mx.acme.example", False),
        (("*",), "mx", False),
        ((), "mx.acme.example", False),
        (("acme.example",), "mx.acme.example", False),
    ],
)
def test_names_in_certificates(names: tuple[str, ...], host: str, expected: bool) -> None:
    assert name_matches(names, host) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mx.acme.example", True),
        ("mx.acme.example.", True),
        ("localhost", False),
        ("192.0.2.1", False),
        ("-x.example", False),
        ("a..example", False),
        ("", False),
    ],
)
def test_full_names(text: str, expected: bool) -> None:
    assert is_full_name(text) is expected
