"""Large bodies are repaired and measured piece by piece, with the same result as in one piece."""

from __future__ import annotations

import base64
import binascii
import random

import pytest

from mailproof.message.content import _PIECE, _base64_size, read_content
from mailproof.message.reader import read
from mailproof.records.message import parse_message

HEADERS = b"From: a@acme.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
RNG = random.Random(4)


@pytest.mark.parametrize("ends", [(b"\n",), (b"\r\n", b"\n"), (b"\r\n", b"\n", b"\n\r\n", b"\r\r\n")])
@pytest.mark.parametrize("width", [3, 76, 5000])
def test_line_ends_of_a_large_body(ends: tuple[bytes, ...], width: int) -> None:
    lines = [b"x" * RNG.randint(0, width) + RNG.choice(ends) for _ in range(900_000 // (width + 4))]
    body = b"".join((*lines, b"the last"))
    assert parse_message(HEADERS.replace(b"\r\n", ends[-1][-1:]) + body).body == body.replace(
        b"\r\n", b"\n"
    ).replace(b"\n", b"\r\n")


def _wrapped(octets: int, width: int) -> bytes:
    text = base64.b64encode(RNG.randbytes(octets))
    return b"\r\n".join(text[i : i + width] for i in range(0, len(text), width)) + b"\r\n"


@pytest.mark.parametrize("width", [4, 61, 76, 10**9])
@pytest.mark.parametrize("octets", [0, 1, 2, 3, 196_608, 196_609, 500_000, 500_002])
def test_size_of_large_base64(octets: int, width: int) -> None:
    text = _wrapped(octets, width)
    assert _base64_size(memoryview(text)) == len(binascii.a2b_base64(text)) == octets


@pytest.mark.parametrize("place", [0, 1, 2, 3, _PIECE - 1, _PIECE, _PIECE + 2, 2 * _PIECE + 1])
@pytest.mark.parametrize("signs", [b"=", b"==", b"A=", b"= ="])
def test_equals_signs_where_they_do_not_belong(place: int, signs: bytes) -> None:
    text = base64.b64encode(RNG.randbytes(600_000))
    text = text[:place] + signs + text[place:]
    try:
        whole: int | None = len(binascii.a2b_base64(text))
    except binascii.Error:
        whole = None
    try:
        pieces: int | None = _base64_size(memoryview(text))
    except binascii.Error:
        pieces = None
    assert pieces == whole


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_base64_that_was_cut_off_is_told(cut: int) -> None:
    text = base64.b64encode(RNG.randbytes(600_000))[:-4] + b"A" * cut
    head = HEADERS.replace(b"text/plain", b"image/png\r\nContent-Transfer-Encoding: base64")
    content = read_content(read(head + text))
    assert content is not None
    told = ("the base64 of a part (image/png) is cut off",)
    assert content.problems == told
    assert content.parts[0].size == len(text)


@pytest.mark.parametrize("octets", [b"\xe4", b"\xc3\xa4" * 200_000])
def test_octets_over_127_in_7bit_parts(octets: bytes) -> None:
    content = read_content(read(HEADERS + b"a" * 1000 + octets))
    assert content is not None
    assert content.raw_8bit == len(octets)
