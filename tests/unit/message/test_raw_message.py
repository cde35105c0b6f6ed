"""Splitting messages: line ends, mbox, pasted headers, and hostile input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.errors import MessageError
from mailproof.records.mbox import split_mbox
from mailproof.records.message import (
    MAX_FIELDS,
    MAX_HEADER_LINES,
    MAX_MESSAGE,
    parse_message,
)
from tests.support.examples import examples

PLAIN = b"From: a@acme.example\r\nSubject: one\r\n two\r\n\r\nHello\r\n"


def test_header_fields_keep_their_octets_and_unfold_their_value() -> None:
    message = parse_message(PLAIN)
    assert [f.raw for f in message.headers] == [b"From: a@acme.example\r\n", b"Subject: one\r\n two\r\n"]
    assert message.first("subject") == "one two"
    assert message.body == b"Hello\r\n"
    assert message.has_body


@pytest.mark.parametrize(
    ("raw", "ends"),
    [
        (PLAIN, "crlf"),
        (PLAIN.replace(b"\r\n", b"\n"), "lf"),
        (PLAIN.replace(b"\r\n", b"\r"), "cr"),
        (PLAIN.replace(b"Hello\r\n", b"Hello\n"), "mixed"),
    ],
)
def test_all_line_ends_become_crlf(raw: bytes, ends: str) -> None:
    message = parse_message(raw)
    assert message.shape.line_ends == ends
    assert message.to_bytes() == PLAIN


def test_bare_lf_counts_only_beside_crlf() -> None:
    assert parse_message(PLAIN.replace(b"\r\n", b"\n")).shape.bare_lf == 0
    assert parse_message(PLAIN.replace(b"Hello\r\n", b"a\nb\nc\r\n")).shape.bare_lf == 2


def test_empty_body_is_a_body_and_no_empty_line_is_none() -> None:
    assert parse_message(b"From: a@b.test\n\n").has_body
    assert parse_message(b"From: a@b.test\n\n").body == b""
    assert not parse_message(b"From: a@b.test\n").has_body
    assert not parse_message(b"From: a@b.test").has_body


def test_pasted_headers_that_lost_their_folding_are_joined() -> None:
    message = parse_message(b"Received: from a\nby b; Mon, 1 Jan 2024 00:00:00 +0000\nFrom: x@acme.example\n")
    assert message.first("received") == "from a by b; Mon, 1 Jan 2024 00:00:00 +0000"
    assert "had lost the space" in message.problems[0]


def test_other_text_in_the_header_section_starts_the_body() -> None:
    message = parse_message(b"From: x@acme.example\nHello there\n\nmore\n")
    assert message.body == b"Hello there\r\n\r\nmore\r\n"
    assert message.problems


def test_leading_empty_lines_a_title_and_a_byte_order_mark_are_skipped() -> None:
    assert parse_message(b"\n\r\nFrom: x@acme.example\n\n").first("from") == "x@acme.example"
    assert parse_message(b"\xef\xbb\xbfFrom: x@acme.example\n\n").first("from") == "x@acme.example"
    assert parse_message(b"The headers\nFrom: x@acme.example\n\n").problems


def test_utf16_from_an_editor_is_read() -> None:
    assert parse_message("From: x@acme.example\r\n\r\n".encode("utf-16")).first("from") == "x@acme.example"


def test_mbox_first_message_sender_and_quoting() -> None:
    mbox = (
        b"From alice@acme.example Mon Nov 23 10:00:00 2026\nFrom: a@acme.example\n\n"
        b">From here\nFrom there\n\n"
        b"From bob@acme.example Mon Nov 23 11:00:00 2026\nFrom: b@acme.example\n\nsecond\n"
    )
    message = parse_message(mbox)
    assert message.mbox_sender == "alice@acme.example"
    assert message.body == b"From here\r\nFrom there\r\n"
    assert "several messages" in message.problems[0]
    assert [parse_message(part).first("from") for part in split_mbox(mbox)] == [
        "a@acme.example",
        "b@acme.example",
    ]


def test_not_an_mbox_is_yielded_whole() -> None:
    assert list(split_mbox(PLAIN)) == [PLAIN]


def test_non_utf8_and_utf8_headers_decode() -> None:
    message = parse_message(b"Subject: caf\xe9\nFrom: \xc3\xa9@acme.example\n\n")
    assert message.first("subject") == "café"
    assert message.first("from") == "é@acme.example"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n \r\n",
        b"\0\0\0",
        b"\x7fELF\x02\x01" * 100,
        b"\x89PNG\r\n\x1a\n\0IHDR: 1\n\0\0",
        b"hello\n" * 20,
    ],
)
def test_what_is_no_message_is_refused_in_one_line(raw: bytes) -> None:
    with pytest.raises(MessageError) as caught:
        parse_message(raw)
    assert "\n" not in str(caught.value)


def test_too_large_is_refused() -> None:
    with pytest.raises(MessageError, match="octets"):
        parse_message(b"A: b\n\n" + bytes(MAX_MESSAGE))


def test_overlong_lines_and_nul_are_counted() -> None:
    message = parse_message(b"A: b\r\n\r\n" + b"x" * 998 + b"\r\n" + b"y" * 999 + b"\r\n\0\r\n")
    assert message.shape.longest_line == 999
    assert message.shape.long_lines == (4,)
    assert message.shape.nul_octets == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"X: y\n" * 10_000 + b"\nbody\n",
        b"X: y\n" + b" folded\n" * 300_000 + b"\nbody\n",
        b"A: b\n\n" + b"0123456789\n" * 4_700_000,
        b"A: b\r\n\r\n" + b"x" * 50_000_000,
        b"A: " + b"x" * 20_000_000,
        b"A: b\n" + b"junk\n" * 300_000,
        b"From a Mon Nov 23 10:00:00 2026\nA: b\n\n" + b"\nFrom x" * 300_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed\n\n" * 100_000,
    ],
    ids=["10k headers", "folds", "50 MB LF", "50 MB line", "20 MB header", "junk", "From", "nested MIME"],
)
@pytest.mark.once
def test_time_is_bounded(raw: bytes) -> None:
    parse_message(raw)


@given(st.binary(max_size=400))
@examples(200)
def test_nothing_but_message_error_is_raised(junk: bytes) -> None:
    for raw in (junk, b"From: a@acme.example\n" + junk, b"From a Mon Nov 23 10:00:00 2026\n" + junk):
        try:
            message = parse_message(raw)
        except MessageError:
            continue
        for field in message.headers:
            assert field.raw.endswith(b"\r\n")
            assert isinstance(field.value, str)


@pytest.mark.once
def test_the_number_of_fields_and_lines_is_bounded() -> None:
    assert len(parse_message(b"A:b\r\n" * MAX_FIELDS + b"\r\nx").headers) == MAX_FIELDS
    for raw in (b"A:b\n" * (MAX_FIELDS + 2), b"A:b\n" + b" \n" * (MAX_HEADER_LINES + 1) + b"\nx"):
        with pytest.raises(MessageError, match="no server accepts such a message"):
            parse_message(raw)


def test_a_quoted_sender_of_an_mbox_may_hold_blanks() -> None:
    raw = b'From "ann co"@acme.example Mon Nov 23 10:00:00 2026\nFrom: a@b.test\n\nHi\n'
    assert parse_message(raw).mbox_sender == '"ann co"@acme.example'
