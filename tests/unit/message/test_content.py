# ruff: noqa: E501 (one case a line reads best)
"""A message's content: parts, HTML and structural errors."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.message.content import read_content
from mailproof.message.reader import read
from mailproof.model import MessageContent
from mailproof.records import forwarded_text
from mailproof.records.html_text import host_of, links_in, visible_text

MIME = b"From: a@acme.example\r\nMIME-Version: 1.0\r\n"


def content(raw: bytes) -> MessageContent:
    found = read_content(read(raw))
    assert found is not None
    return found


def test_plain_text() -> None:
    found = content(b"From: a@acme.example\r\n\r\nHello\r\n")
    assert [part.media_type for part in found.parts] == ["text/plain"]
    assert (found.html, found.plain_letters, found.problems, found.raw_8bit) == (False, 5, (), 0)


def test_headers_alone_have_no_content() -> None:
    assert read_content(read(b"From: a@acme.example\r\n")) is None


def test_parts_with_their_names_and_sizes() -> None:
    data = base64.b64encode(b"x" * 300)
    found = content(
        MIME + b'Content-Type: multipart/mixed; boundary="b b"\r\n\r\n--b b\r\n\r\nHi\r\n--b b\r\n'
        b'Content-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment;\r\n filename="=?utf-8?q?=C3=A4.zip?="\r\n\r\n'
        + data
        + b"\r\n--b b--\r\n"
    )
    text, file = found.parts
    assert (text.media_type, text.attachment) == ("text/plain", False)
    assert (file.media_type, file.size, file.filename, file.attachment) == (
        "application/zip",
        300,
        "ä.zip",
        True,
    )
    assert found.problems == ()


def test_html_of_a_single_part_message_encoded() -> None:
    html = b'<html><head><title>no</title><style>p{}</style></head><a href="https://x.test/?a=1&amp;b=2">go &amp; see</a><img>'
    found = content(
        MIME
        + b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(html)
    )
    assert (found.html_octets, found.images, found.text_letters) == (len(html), 1, 6)
    (link,) = found.links
    assert (link.target, link.host, link.text) == ("https://x.test/?a=1&b=2", "x.test", "go & see")


@pytest.mark.parametrize(
    ("head", "body", "problem"),
    [
        (b"Content-Type: multipart/mixed\r\n", b"x", "no boundary"),
        (b"Content-Type: multipart/mixed; boundary=B\r\n", b"x", "is not in the body"),
        (b"Content-Type: multipart/mixed; boundary=B\r\n", b"--B\r\n\r\nx\r\n", "not closed"),
        (b"Content-Type: multipart/mixed; boundary=B\r\nContent-Transfer-Encoding: base64\r\n", b"--B\r\n\r\nx\r\n--B--", "may not be encoded"),
        (b"Content-Type: text/plain; charset=klingon\r\n", b"x", "klingon"),
        (b"Content-Transfer-Encoding: rot13\r\n", b"x", "rot13"),
        (b"Content-Transfer-Encoding: base64\r\n", b"a%b$", "characters that are not base64"),
        (b"Content-Transfer-Encoding: base64\r\n", b"abcde", "cut off"),
        (b"Content-Type: text\r\n", b"x", "not a media type"),
    ],
)  # fmt: skip
def test_broken_structures(head: bytes, body: bytes, problem: str) -> None:
    assert any(problem in each for each in content(MIME + head + b"\r\n" + body).problems)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-8-i\r\n", b"x"),
        (b"Content-Type: text/plain; charset=Windows-874\r\n", b"x"),
        (b"Content-Type: text/plain; charset=unknown-8bit\r\n", b"x"),
        (b"Content-Transfer-Encoding: 8bit (as it came)\r\n", b"x"),
        (b"Content-Transfer-Encoding: x-uuencode\r\n", b"x"),
        (b"Content-Type: multipart/mixed; boundary=B\r\n", b"--B \r\n\r\nx\r\n--B-- \r\nepilogue"),
    ],
)
def test_structures_that_are_not_broken(head: bytes, body: bytes) -> None:
    assert not content(MIME + head + b"\r\n" + body).problems


def test_octets_over_127_that_nobody_announced() -> None:
    assert content(b"From: a@b.test\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n").raw_8bit == 4
    assert content(MIME + b"Content-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n").raw_8bit == 0


def test_visible_text_and_hosts() -> None:
    assert visible_text("<p>a<script>no</script>b</p><styled>c") == " ab  c"
    assert visible_text("a<style>never closed") == "a"
    assert visible_text("a<!-- <b>no</b> -->b<!-- never closed") == "ab"
    assert host_of("HTTPS://WWW.Acme.Example./x") == "www.acme.example"
    assert host_of("mailto:a@b.test") == ""
    assert host_of("http://[bad") == ""
    assert len(links_in('<a href="https://x.test">' * 400)) == 300


@pytest.mark.parametrize("unit", [b"<a ", b"<a href=", b"<style", b"<style>", b"<!--", b"unsubscribe ", b"&#", b"<", b"<a href='https://x.test/'>", b"name=", b"--B\r\n"])  # fmt: skip
def test_hostile_content_takes_bounded_time(unit: bytes) -> None:
    content(MIME + b"Content-Type: text/html\r\n\r\n" + unit * (1_000_000 // len(unit)))
    content(
        MIME + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" + unit * (300_000 // len(unit))
    )


@given(st.binary(max_size=600))
def test_nothing_raises(body: bytes) -> None:
    read_content(read(MIME + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" + body))
    read_content(read(MIME + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body))


@pytest.mark.parametrize("choice", [r"\1", r"\2"])
def test_the_quick_look_passes_over_no_forward(choice: str) -> None:
    lines = re.sub(r"\(\?:([^|)]*)\|([^)]*)\)", choice, forwarded_text._LINES).split("|")
    markers = [f"---- {words} ----" for words in forwarded_text._WORDS.split("|")] + [
        f"{each}:" for each in lines
    ]
    found = 0
    for marker in markers:
        text = f"Hello\n{marker.upper()}\nFrom: a@acme.example\nSubject: x\n"
        if forwarded_text.find_forwarded(text, ""):
            found += 1
            assert forwarded_text.may_forward(text, ""), marker
        assert forwarded_text.may_forward(text, "Fwd: x")
    assert found > 12
    assert not forwarded_text.may_forward("-- Original Message --\nFrom: a@acme.example", "Re: x")


@pytest.mark.parametrize(
    ("html", "unsubscribes"),
    [
        ("<p>To unsubscribe, click <a href=https://x.test/1>here</a>.</p>", True),
        ("<a href=https://x.test/1>here</a> abmelden", True),
        ("<a href=https://x.test/1><img src=x alt=Unsubscribe></a>", True),
        ("<a href=https://x.test/1>Se de\u0301sinscrire</a>", True),
        ("<a href=https://x.test/1>Se d&eacute;sabonner</a>", True),
        ("<a href=https://x.test/1>Wypisz si\u0119</a>", True),
        ("<a href=https://x.test/1>here</a>", False),
        ("<p>Reply STOP to unsubscribe.</p>", False),
        (f"<a href=https://x.test/1>here</a>{'<p>words</p>' * 100}Reply STOP to unsubscribe.", False),
    ],
)
def test_a_link_that_unsubscribes_by_its_words_or_those_beside_it(html: str, unsubscribes: bool) -> None:
    found = content(MIME + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode())
    assert found.unsubscribe == unsubscribes


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b>https://</b>www.bank.test", "https://www.bank.test"),
        ("www.\u200bbank.&shy;test", "www.bank.test"),
        ("one<br>two", "one two"),
    ],
)
def test_the_text_of_a_link_is_what_people_read(html: str, words: str) -> None:
    (link,) = links_in(f"<!-- <a href=https://no.test>no</a> --><a href=https://x.test>{html}</a>")
    assert link.text == words
