"""Canonical forms (RFC 6376 section 3.4), with the RFC's own example, and their cost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof.message import canonical
from mailproof.message.canonical import canonical_body, canonical_fields, signed_fields
from mailproof.records.message import parse_message


def test_the_example_of_section_3_4_5() -> None:
    body = b" C \r\nD \t E\r\n\r\n\r\n"
    assert canonical_body(body, "relaxed") == b" C\r\nD E\r\n"
    assert canonical_body(body, "simple") == b" C \r\nD \t E\r\n"
    assert canonical_fields(b"A: X\r\n", "relaxed") == b"a:X\r\n"
    assert canonical_fields(b"B : Y\t\r\n\tZ  \r\n", "relaxed") == b"b:Y Z\r\n"
    assert (
        canonical_fields(b"A: X\r\nB : Y\t\r\n\tZ  \r\nC:\r\n \r\n", "relaxed") == b"a:X\r\nb:Y Z\r\nc:\r\n"
    )
    assert canonical_fields(b"", "relaxed") == b""
    assert canonical_fields(b"B : Y\t\r\n\tZ  \r\n", "simple") == b"B : Y\t\r\n\tZ  \r\n"


@pytest.mark.parametrize(
    ("body", "simple", "relaxed"),
    [
        (b"", b"\r\n", b""),
        (b"\r\n\r\n", b"\r\n", b""),
        (b" \r\n\t\r\n", b" \r\n\t\r\n", b""),
        (b"x", b"x\r\n", b"x\r\n"),
        (b"x \t", b"x \t\r\n", b"x\r\n"),
        (b" ", b" \r\n", b""),
    ],
)
def test_bodies_at_the_edge(body: bytes, simple: bytes, relaxed: bytes) -> None:
    assert canonical_body(body, "simple") == simple
    assert canonical_body(body, "relaxed") == relaxed


@settings(deadline=None)  # the first call imports dkimpy
@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b"\r", b"\xff"]), max_size=30))
def test_relaxed_bodies_are_those_of_dkimpy(pieces: list[bytes]) -> None:
    from dkim.canonicalization import Relaxed, Simple

    body = b"".join(pieces)
    assert canonical_body(body, "simple") == Simple.canonicalize_body(body)
    if not body.endswith((b" ", b"\t")):  # dkimpy leaves white space at the end of a last line without CRLF
        assert canonical_body(body, "relaxed") == Relaxed.canonicalize_body(body)


def test_fields_are_taken_from_the_bottom() -> None:
    message = parse_message(b"A: 1\r\nB: 2\r\nA: 3\r\n\r\n")
    chosen = signed_fields(message.headers, ("a", "c", "a", "a", "b"))
    assert [field.raw for field in chosen] == [b"A: 3\r\n", b"A: 1\r\n", b"B: 2\r\n"]


def test_long_runs_of_spaces_cost_linear_time() -> None:
    """dkimpy's own regular expression takes over a minute for this."""
    body = (b" " * 2_000_000 + b"x\r\n") * 2
    assert canonical_body(body, "relaxed") == b" x\r\n x\r\n"


@given(
    st.lists(st.sampled_from([b"\r\n", b" ", b"\t", b"a", b"\r", b"\n", b"bc "]), max_size=60).map(b"".join),
    st.integers(1, 9),
)
def test_pieces_make_up_the_whole(body: bytes, size: int) -> None:
    whole = canonical_body(body, "simple"), canonical_body(body, "relaxed")
    before, canonical._CHUNK = canonical._CHUNK, size
    try:
        assert (canonical_body(body, "simple"), canonical_body(body, "relaxed")) == whole
    finally:
        canonical._CHUNK = before
