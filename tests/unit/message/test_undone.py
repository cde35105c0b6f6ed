# ruff: noqa: E501 (one case a line reads best)
"""Undoing each common modification of a body: the candidates include the original body, with the right reason."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable

import pytest

from mailproof.message.forensics.recode import recoded
from mailproof.message.forensics.undo import undone
from mailproof.message.parts import Part, parts_of
from mailproof.records.message import RawMessage, parse_message


def _parts(raw: RawMessage) -> tuple[Part, ...]:
    return parts_of(raw.headers, raw.body)


PLAIN = (
    b"Dear Bob,\r\n\r\nFrom here on it is easy.\r\n.hidden files start with a dot\r\n"
    b"\tone tab, and then some words that make this line as long as that\r\n"
    b"See https://shop.acme.example/a?b=1 for more.\r\n\r\nAnn\r\n"
)
FLOWED = b"This text flows \r\nfrom line to line \r\nas RFC 3676 has it.\r\n\r\n-- \r\nAnn\r\n"
LONG = b"x" * 200 + b" " + b"y" * 1100 + b"\r\nand the end\r\n"


def message(body: bytes, content_type: str = "text/plain") -> RawMessage:
    return parse_message(f"From: a@b.example\r\nContent-Type: {content_type}\r\n\r\n".encode() + body)


def told(now: bytes, before: bytes, content_type: str = "text/plain") -> tuple[str, str]:
    """Code and reason of the first candidate that equals the original body."""
    raw = message(now, content_type)
    for each in undone(raw, _parts(raw)):
        if each.code and each.body.rstrip(b"\r\n") == before.rstrip(b"\r\n"):
            return each.code, each.reason
    return "", ""


def wrapped(body: bytes, width: int) -> bytes:
    lines = []
    for line in body.split(b"\r\n"):
        words, current = line.split(b" "), b""
        for word in words:
            if current and len(current) + 1 + len(word) > width:
                lines.append(current)
                current = word
            else:
                current = current + b" " + word if current else word
        lines.append(current)
    return b"\r\n".join(lines)


Change = Callable[[bytes], bytes]
MANGLED: list[tuple[bytes, Change, str, str]] = [
    (PLAIN, lambda b: b"\r\n\r\n" + b, "blank-lines", "blank lines were added at the start of the body"),
    (b"\r\n" + PLAIN, lambda b: b[2:], "blank-lines", "blank lines were removed from the start of the body"),
    (b"\r\n\r\n" + PLAIN, lambda b: b[4:], "blank-lines", "blank lines were removed from the start of the body"),
    (
        PLAIN,
        lambda b: b.replace(b"\r\nFrom ", b"\r\n>From "),
        "from-quoted",
        "lines that start with “>From ” had the “>” put there by mbox quoting",
    ),
    (
        PLAIN.replace(b"\r\nFrom ", b"\r\n>From "),
        lambda b: b.replace(b"\r\n>From ", b"\r\nFrom "),
        "from-quoted",
        "lines that start with “From ” had lost the “>” that was signed (mbox unquoting)",
    ),
    (
        PLAIN,
        lambda b: b.replace(b"easy.", b"easy. \t").replace(b"Ann", b"Ann "),
        "trailing-space",
        "white space was added to the ends of lines",
    ),
    (
        PLAIN + b"-- \r\nAnn",
        lambda b: b.replace(b"-- \r\n", b"--\r\n"),
        "trailing-space",
        "white space was removed from the ends of lines",
    ),
    (PLAIN, lambda b: b.replace(b"\t", b" " * 8), "trailing-space", "tabs were changed to spaces"),
    (PLAIN, lambda b: b.replace(b"\t", b" " * 4), "trailing-space", "tabs were changed to spaces"),
    (
        PLAIN.replace(b"\t", b" " * 8),
        lambda b: b.replace(b" " * 8, b"\t"),
        "trailing-space",
        "spaces were changed to tabs",
    ),
    (
        PLAIN.replace(b"\t", b" " * 4),
        lambda b: b.replace(b" " * 4, b"\t"),
        "trailing-space",
        "spaces were changed to tabs",
    ),
    (PLAIN, lambda b: b.replace(b"\r\n", b"\r\n\r\n"), "blank-lines", "every line end was doubled"),
    (
        PLAIN,
        lambda b: b.replace(b"\r\n\r\n", b"\r\n" * 6),
        "blank-lines",
        "blank lines were added between the lines",
    ),
    (
        b"a\r\n\r\n\r\nb\r\n",
        lambda b: b.replace(b"\r\n\r\n\r\n", b"\r\n\r\n"),
        "blank-lines",
        "several blank lines in a row were merged into one",
    ),
    (
        b"a\r\n\r\nb\r\n\r\nc\r\n",
        lambda b: b.replace(b"\r\n\r\n", b"\r\n"),
        "blank-lines",
        "blank lines were removed between the lines",
    ),
    (
        PLAIN,
        lambda b: b.replace(b"\r\n.", b"\r\n.."),
        "dot-stuffed",
        "a second dot was left at the start of lines (SMTP dot stuffing)",
    ),
    (b".a\r\nb\r\n", lambda b: b"." + b, "dot-stuffed", "a second dot was left at the start of lines (SMTP dot stuffing)"),
    (
        PLAIN.replace(b"\r\n.", b"\r\n.."),
        lambda b: b.replace(b"\r\n..", b"\r\n."),
        "dot-stuffed",
        "lines that start with a dot were signed with two (signed after SMTP dot stuffing)",
    ),
    (PLAIN, lambda b: wrapped(b, 60), "rewrapped", "long lines were wrapped at about 60 columns"),
    (LONG, lambda b: b[:990] + b"!\r\n " + b[990:], "rewrapped", "long lines were wrapped with “!” (Sendmail, over 990 octets)"),
    (LONG, lambda b: b[:998] + b"\r\n" + b[998:], "rewrapped", "long lines were wrapped at 998 octets"),
    (
        b"words " * 300 + b"\r\n",
        lambda b: b[:995] + b"\r\n " + b[995:],
        "rewrapped",
        "long lines were wrapped",
    ),
    (PLAIN.replace(b"\r\n", b"\n"), lambda b: b.replace(b"\n", b"\r\n"), "line-ends", "the ends of lines were changed to CRLF (they were signed as LF)"),
    (PLAIN.replace(b"\r\n", b"\r"), lambda b: b.replace(b"\r", b"\r\n"), "line-ends", "the ends of lines were changed to CRLF (they were signed as CR)"),
    (PLAIN.replace(b"\r\n", b"\r\r\n"), lambda b: b.replace(b"\r\r\n", b"\r\n"), "line-ends", "the ends of lines were changed to CRLF (they were signed as CR CR LF)"),
    (PLAIN, lambda b: b.replace(b"\r\n", b"\r\r\n"), "line-ends", "carriage returns were added to the ends of lines"),
    (PLAIN, lambda b: b.replace(b"\r\n\r\n", b"\r\n" * 4), "blank-lines", "blank lines were added between the lines"),
    (PLAIN, lambda b: b.replace(b"\r\n\r\n", b"\r\n" * 3), "blank-lines", "blank lines were added between the lines"),
    (PLAIN, lambda b: b.replace(b"Bob", b"B\0ob"), "line-ends", "NUL octets were added"),
    (
        PLAIN,
        lambda b: b.replace(
            b"https://shop.acme.example/a?b=1",
            b"https://urldefense.com/v3/__https://shop.acme.example/a?b=1__;Lw!!abc$",
        ),
        "links-rewritten",
        "links were rewritten by a link scanner",
    ),
    (
        PLAIN,
        lambda b: b.replace(
            b"https://shop.acme.example/a?b=1",
            b"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.acme.example%2Fa%3Fb%3D1"
            b"&data=05%7C01&reserved=0",
        ),
        "links-rewritten",
        "links were rewritten by a link scanner",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "change", "code", "reason"), MANGLED)
def test_a_mangling_is_undone(before: bytes, change: Change, code: str, reason: str) -> None:
    now = change(before)
    assert now != before
    assert told(now, before) == (code, reason)


def test_the_body_itself_comes_first() -> None:
    raw = message(PLAIN)
    first, *rest = undone(raw, _parts(raw))
    assert (first.code, first.body) == ("", PLAIN)
    assert all(each.code and each.reason for each in rest)
    assert len({each.body for each in rest}) == len(rest), "no candidate is tried twice"


def test_text_that_flows() -> None:
    reason = "white space was removed from the ends of lines (format=flowed)"
    trimmed = FLOWED.replace(b" \r\n", b"\r\n")
    assert told(trimmed, FLOWED, "text/plain; format=flowed") == ("trailing-space", reason)
    assert told(trimmed, FLOWED) == ("", "")


def multipart(*parts: bytes, boundary: bytes = b"b1") -> bytes:
    return (
        b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    )


TEXT, HTML = (
    b"Content-Type: text/plain\r\n\r\nHello.\r\n",
    b"Content-Type: text/html\r\n\r\n<p>Hello.</p>\r\n",
)
FOOTER = b"Content-Type: text/x-footer\r\n\r\nScanned.\r\n"
MIXED = 'multipart/mixed; boundary="b1"'


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_part_that_was_added(place: int) -> None:
    parts = [TEXT, HTML]
    parts.insert(place, FOOTER)
    assert told(multipart(*parts), multipart(TEXT, HTML), MIXED) == (
        "part-added",
        "a MIME part (text/x-footer) was added",
    )


@pytest.mark.parametrize("packed", [multipart(TEXT, FOOTER), multipart(FOOTER, TEXT)])
def test_a_message_that_was_packed(packed: bytes) -> None:
    reason = "the message was wrapped in a multipart (a footer or a banner as another part)"
    assert told(packed, b"Hello.\r\n", MIXED) == ("wrapped-in-mime", reason)


def test_a_multipart_that_was_packed() -> None:
    inner = multipart(TEXT, HTML, boundary=b"b2")
    packed = multipart(b'Content-Type: multipart/alternative; boundary="b2"\r\n\r\n' + inner, FOOTER)
    assert told(packed, inner, MIXED)[0] == "wrapped-in-mime"


# Transfer encodings and character sets

LATIN = "Grüße an alle, und bis bald: 1 = 1.\r\nDie zweite Zeile ist auch da.\r\n"


def encoded(text: bytes, encoding: str) -> bytes:
    if encoding == "quoted-printable":
        return quopri.encodestring(text.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    if encoding == "base64":
        raw = base64.b64encode(text)
        return b"".join(raw[at : at + 76] + b"\r\n" for at in range(0, len(raw), 76))
    return text


def body_of(encoding: str, charset: str = "utf-8", text: str = LATIN) -> bytes:
    head = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return multipart(head.encode() + encoded(text.encode(charset), encoding), HTML)


def found(now: bytes, before: bytes) -> set[tuple[str, str]]:
    raw = message(now, MIXED)
    return {(code, why) for code, why, body in recoded(now, _parts(raw)) if body == before}


@pytest.mark.parametrize("before", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("now", ["8bit", "quoted-printable", "base64"])
def test_another_transfer_encoding(before: str, now: str) -> None:
    if before == now:
        return
    told_of = found(body_of(now), body_of(before))
    assert ("transfer-encoding", f"the text/plain part was re-encoded from {before} to {now}") in told_of


def test_base64_in_lines_of_another_length() -> None:
    raw = base64.b64encode(LATIN.encode())
    lines = b"".join(raw[at : at + 60] + b"\r\n" for at in range(0, len(raw), 60))
    before = body_of("base64").replace(encoded(LATIN.encode(), "base64"), lines)
    reason = "the base64 text of the text/plain part was rewrapped or re-encoded"
    assert ("transfer-encoding", reason) in found(body_of("base64"), before)


@pytest.mark.parametrize(
    ("before", "now"), [("iso-8859-1", "utf-8"), ("utf-8", "iso-8859-1"), ("windows-1252", "utf-8")]
)
def test_another_character_set(before: str, now: str) -> None:
    text = LATIN if before != "windows-1252" else LATIN.replace("1 = 1", "1 € = 1 €")
    told_of = found(body_of("8bit", now, text), body_of("8bit", before, text))
    assert ("charset", f"the text was converted from {before} to {now}") in told_of


# Order of parts


@pytest.mark.parametrize(
    ("body", "content_type", "parts"),
    [
        (b"Hello.\r\n", "text/plain", [("text/plain", b"Hello.\r\n")]),
        (b"Hello.\r\n", "", [("text/plain", b"Hello.\r\n")]),
        (b"Hello.\r\n", "TEXT/HTML; charset=x", [("text/html", b"Hello.\r\n")]),
        (multipart(TEXT, HTML), MIXED, [("text/plain", b"Hello.\r\n"), ("text/html", b"<p>Hello.</p>\r\n")]),
        (multipart(TEXT, HTML), "multipart/mixed; boundary=b1", [("text/plain", b"Hello.\r\n"), ("text/html", b"<p>Hello.</p>\r\n")]),
        (b"preamble\r\n" + multipart(TEXT) + b"epilogue\r\n", MIXED, [("text/plain", b"Hello.\r\n")]),
        (multipart(b"\r\nno head\r\n"), MIXED, [("text/plain", b"no head\r\n")]),
        (multipart(TEXT), "multipart/mixed", [("multipart/mixed", multipart(TEXT))]),
        (b"no delimiter\r\n", MIXED, [("multipart/mixed", b"no delimiter\r\n")]),
        (
            multipart(b'Content-Type: multipart/alternative;\r\n boundary="b2"\r\n\r\n' + multipart(TEXT, HTML, boundary=b"b2"), FOOTER),
            MIXED,
            [("text/plain", b"Hello.\r\n"), ("text/html", b"<p>Hello.</p>\r\n"), ("text/x-footer", b"Scanned.\r\n")],
        ),
    ],
)  # fmt: skip
def test_parts(body: bytes, content_type: str, parts: list[tuple[str, bytes]]) -> None:
    raw = message(body, content_type)
    assert [(each.media_type, body[each.body : each.end]) for each in _parts(raw)] == parts


def test_a_parts_own_header() -> None:
    body = multipart(
        b'CONTENT-TYPE: Text/HTML; CharSet="UTF-8"\r\nContent-Transfer-Encoding: Base64\r\n\r\nQQ==\r\n', TEXT
    )
    first, second = _parts(message(body, MIXED))
    assert (first.media_type, first.charset, first.encoding, first.text) == (
        "text/html",
        "utf-8",
        "base64",
        True,
    )
    assert (second.media_type, second.charset, second.encoding) == ("text/plain", "", "7bit")
    assert body[first.start :].startswith(b"--b1\r\n")
    assert body[first.head :].startswith(b"CONTENT-TYPE")
    assert body[first.after :].startswith(b"--b1\r\nContent-Type: text/plain")


def test_the_number_and_the_depth_of_parts_are_bounded() -> None:
    assert len(_parts(message(multipart(*[TEXT] * 60), MIXED))) == 40
    body = TEXT
    for number in range(9, 0, -1):
        mark = f"b{number}".encode()
        body = (
            b'Content-Type: multipart/mixed; boundary="'
            + mark
            + b'"\r\n\r\n'
            + multipart(body, boundary=mark)
        )
    (only,) = _parts(message(body.partition(b"\r\n\r\n")[2], 'multipart/mixed; boundary="b1"'))
    assert only.media_type == "multipart/mixed"
