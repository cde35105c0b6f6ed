# ruff: noqa: E501 (one case a line reads best)
"""Messages pasted and saved in odd ways: surrounding text is removed, and this is reported."""

from __future__ import annotations

import contextlib

import pytest

from mailproof.errors import MessageError
from mailproof.records.message import parse_message

MESSAGE = (
    "Delivered-To: bob@rcpt.test\n"
    "Received: from mail.acme.example (mail.acme.example [192.0.2.10])\n"
    "\tby mx.rcpt.test with ESMTPS id 1; Mon, 23 Nov 2026 10:00:00 +0000\n"
    "From: Ann <ann@acme.example>\n"
    "Subject: x\n"
    "\n"
    "Hello\n"
    "\n"
    "> quoted\n"
)
GMAIL_PAGE = (
    "Original Message\n"
    "Message ID\t<1@acme.example>\n"
    "Created at:\tMon, Nov 23, 2026 at 12:59 PM (Delivered after 1 second)\n"
    "From:\tAnn <ann@acme.example>\n"
    "SPF:\tPASS with IP 192.0.2.10 Learn more\n"
    "DKIM:\t'PASS' with domain acme.example\n"
    "\n\n"
    "Download Original\tCopy to clipboard\n\n"
)


def prefixed(prefix: str, text: str = MESSAGE, *, trimmed: bool = False) -> bytes:
    lines = [prefix + line for line in text.splitlines()]
    return "\n".join(line.rstrip() if trimmed else line for line in lines).encode() + b"\n"


FORMS: dict[str, tuple[bytes, str]] = {
    "indented": (prefixed("    "), "is indented"),
    "indented, trimmed": (prefixed("  ", trimmed=True), "is indented"),
    "indented by a tab": (prefixed("\t"), "is indented"),
    "quoted": (prefixed("> "), "starts with '>'"),
    "quoted, trimmed": (prefixed("> ", trimmed=True), "starts with '>'"),
    "quoted without a space": (prefixed(">"), "starts with '>'"),
    "quoted twice": (prefixed(">> "), "starts with '>>'"),
    "the page of Gmail": ((GMAIL_PAGE + MESSAGE).encode(), "skipped 10 lines above"),
    "words before": (b"Hi,\n\nit was rejected.\nPlease look.\n" * 5 + b"\n" + MESSAGE.encode(), "skipped 21 lines above"),
    "blanks at the end of each": (MESSAGE.replace("\n", " \n").encode(), "ended in blanks"),
    "an empty line behind each": (MESSAGE.replace("\n", "\n\n").encode(), "empty line after each line"),
    "CR CR LF": (MESSAGE.replace("\n", "\r\r\n").encode(), "CR CR LF"),
    "lines of spaces before": (b"  \n\t\r\n\n" + MESSAGE.encode(), ""),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_round_a_message_is_taken_off(form: str) -> None:
    raw, words = FORMS[form]
    plain = parse_message(MESSAGE.encode())
    message = parse_message(raw)
    if "empty line" not in words:
        assert message.to_bytes() == plain.to_bytes()
    assert message.fields("received")[0].raw == plain.fields("received")[0].raw
    assert [field.name for field in message.headers] == [field.name for field in plain.headers]
    assert words in " ".join(message.problems)
    assert bool(words) == bool(message.problems)


UNTOUCHED = {
    "a quoted body": MESSAGE.replace("Hello\n", "> From: x\n> Received: y\n"),
    "an attached message": MESSAGE.replace("Hello\n", "\nReceived: from other\nFrom: other@x.test\n"),
    "a title, and an attached message": "The headers\n" + MESSAGE.replace("Hello\n", "\nReceived: from other\n"),
    "an mbox": "From a@x.test Mon Nov 23 10:00:00 2026\nFrom: Ann <ann@acme.example>\n\nReceived: no\n",
    "no space between": "From: Ann <ann@acme.example>\n\nReceived: from other\n",
}  # fmt: skip


@pytest.mark.parametrize("form", UNTOUCHED)
def test_what_belongs_to_the_message_is_left(form: str) -> None:
    message = parse_message(UNTOUCHED[form].encode())
    assert message.first("from") == "Ann <ann@acme.example>"
    assert len(message.fields("received")) == ("Delivered-To" in UNTOUCHED[form])


SIGNATURE = "DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s; h=from; b=AAAA;\n bh="


def test_a_header_with_an_empty_line_behind_it_has_no_body_to_judge() -> None:
    head = SIGNATURE + "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\nFrom: a@acme.example\n\n\n"
    message = parse_message(head.encode())
    assert not message.has_body
    assert "only the header was given" in message.problems[0]
    empty = SIGNATURE + "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nFrom: a@acme.example\n\n\n"
    assert parse_message(empty.encode()).has_body
    assert parse_message(b"From: a@acme.example\n\n").has_body


def test_what_only_looks_like_a_field_is_no_message() -> None:
    with pytest.raises(MessageError, match="not an e-mail message"):
        parse_message(b'{"subject": "x", "from": "y"}\n')


@pytest.mark.parametrize(
    "raw",
    [b"> " * 2_000_000, b"    a: b\n" * 300_000, b"x\n\n" * 1_000_000, b"\n" * 5_000_000, b"a: b\n\n" * 500_000],
    ids=["quotes", "indented", "words", "empty", "spaced"],
)  # fmt: skip
@pytest.mark.once
def test_time_is_bounded(raw: bytes) -> None:
    with contextlib.suppress(MessageError):
        parse_message(raw)
