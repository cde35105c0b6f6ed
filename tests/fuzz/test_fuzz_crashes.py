"""Inputs that once crashed or took quadratic time, as regression tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.records.charsets import decode_charset
from tests.fuzz.targets import TARGETS, run
from tests.support.dkim import MESSAGE, craft

CRASHES = sorted(path for path in (Path(__file__).parent / "crashes").glob("*/*") if path.is_file())
SIZE = 600_000
HEAD = b"From: a@acme.example\r\nMIME-Version: 1.0\r\n"
#: Each once took minutes, and would hit the tests' time limit.
SLOW = {
    "punycode": ("content", HEAD + b"Content-Type: text/html; charset=punycode\r\n\r\na-" + b"a" * SIZE),
    "folded header of a bounce": ("bounce", b"X: a\r\n" + b" \r\n" * (SIZE // 3) + HEAD + b"\r\nx"),
    "a key of many parts": ("config", b"a." * (SIZE // 2)),
    "many keys of many parts": ("config", b"".join(b"a%d" % n + b".a" * 199 + b"=1\n" for n in range(400))),
    "parameters": (
        "compare",
        craft(MESSAGE) + b"\n--8<--\n" + HEAD + b"Content-Type: " + b";" * SIZE + b"\r\n\r\nx",
    ),
}


@pytest.mark.parametrize("path", CRASHES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_once_crashed(path: Path) -> None:
    run(path.parent.name, path.read_bytes())


@pytest.mark.parametrize("name", SLOW)
def test_what_was_once_slow(name: str) -> None:
    target, raw = SLOW[name]
    run(target, raw)


def test_every_folder_is_that_of_a_target() -> None:
    assert {path.parent.name for path in CRASHES} <= set(TARGETS)


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "rot13", "a\0", "\ud800", "", "x" * 300]
)
def test_words_that_are_no_charset(name: str) -> None:
    with pytest.raises(LookupError):
        decode_charset(b"abc", name)


def test_charsets() -> None:
    assert decode_charset(b"z\xfc\xff", "ISO-8859-1") == "zü\xff"
    assert decode_charset(b"z\xc3\xbc\xff", "utf8") == "zü\ufffd"
