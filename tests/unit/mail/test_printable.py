"""External text made safe for a terminal."""

from __future__ import annotations

import pytest

from mailproof.printable import address_literal, clean, host_port, one_line


@pytest.mark.parametrize(
    ("text", "limit", "replacement", "shown"),
    [
        ("plain é", None, "", "plain é"),
        ("a\x1b[31mb\r\n\x00\x9b", None, "", "a[31mb"),
        ("x\u202ey\u2066z\u200f", None, "", "xyz"),
        ("a\tb", None, "", "a\tb"),
        ("a\tb\x07", None, "?", "a?b?"),
        ("abcdef", 3, "?", "abc"),
        (b"\xff\xfeok", None, "", "\ufffd\ufffdok"),
    ],
)
def test_clean(text: str | bytes, limit: int | None, replacement: str, shown: str) -> None:
    assert clean(text, limit, replacement) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("a\r\n  b\tc", None, "a b c"),
        (b"a\x00\n b", None, "a? b"),
        ("abc", 3, "abc"),
        ("abcd", 3, "abc…"),
        ("\n", 3, ""),
    ],
)
def test_one_line(text: str | bytes, limit: int | None, shown: str) -> None:
    assert one_line(text, limit) == shown


def test_places() -> None:
    assert (host_port("a.example", 25), host_port("2001:db8::1", 25)) == ("a.example:25", "[2001:db8::1]:25")
    assert (address_literal("192.0.2.1"), address_literal("::1")) == ("[192.0.2.1]", "[IPv6:::1]")
