"""Parsing EHLO replies in all notations."""

from __future__ import annotations

import pytest

from mailproof.mail.smtp_reply import MAX_EXTENSIONS, Reply, parameters


@pytest.mark.parametrize(
    ("lines", "keyword", "words"),
    [
        ((), "SIZE", None),
        (("SIZE",), "SIZE", []),
        (("size 100 200",), "SIZE", ["100", "200"]),
        (("SIZES 1",), "SIZE", None),
        (("AUTH PLAIN", "AUTH=LOGIN"), "AUTH", ["PLAIN", "LOGIN"]),
        (("=", " = ", "STARTTLS="), "STARTTLS", []),
    ],
)
def test_parameters(lines: tuple[str, ...], keyword: str, words: list[str] | None) -> None:
    assert parameters(lines, keyword) == words


def test_name_and_extensions_are_bounded() -> None:
    reply = Reply(250, ("x" * 300 + " hello", "", " SIZE ", *["y" * 300] * 99))
    assert reply.name == "x" * 255
    assert reply.extensions[:2] == ("SIZE", "y" * 200)
    assert len(reply.extensions) == MAX_EXTENSIONS - 1
    assert Reply(250, ("",)).name == ""
