# ruff: noqa: E501 (one case a line reads best)
"""Causes inside lines and encoded text, inside a list's multipart, and by means of z=."""

from __future__ import annotations

import base64
import quopri

import pytest

from mailproof.model import DkimVerdict
from tests.support.dkim import NOW, PUBLIC, Tags, craft, dkim_of
from tests.support.resolvers import zone

HEADERS = "From: Ann <ann@acme.example>\r\nTo: bob@dest.example\r\nSubject: Is dinner ready?\r\nMIME-Version: 1.0\r\n"
CRLF = "\r\n"
SIGNED = "from:to:subject:mime-version"
TEXT = "Grüße aus Köln,\r\n\r\nwir haben verloren.  Hast du Hunger?\r\n\r\nJoe.\r\n"
FOOTER = "_______________\r\nlist mailing list\r\nhttps://list.test/leave\r\n"
HTML = "<html><body>\r\n<p>Hello <b>dear</b> friend</p>\r\n<p>Bye</p></body></html>\r\n"
ONE_LINE = f"<html><body><p>{'Grüße ' * 40}</p><p>Bye</p></body></html>\r\n"


def kind(media: str, encoding: str) -> str:
    return f"Content-Type: {media}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"


def encoded(text: str) -> str:
    return base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")


def quoted(text: str) -> str:
    return quopri.encodestring(text.replace("\r\n", "\n").encode()).decode().replace("\n", "\r\n")


async def judged(
    before: str, after: str, *, tags: Tags | None = None, headers: str = HEADERS, later: str = ""
) -> DkimVerdict:
    """``before`` and ``after`` follow the first headers, and include their own content headers."""
    chosen: Tags = {"h": SIGNED, **(tags or {})}
    signed = craft(f"{headers}{before}".encode(), **chosen)
    length = len(f"{headers}{before}".encode())
    message = signed[:-length] + f"{later or headers}{after}".encode()
    text = f"v=DKIM1; p={PUBLIC['rsa2048']}"
    record = " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
    (verdict,) = await dkim_of(message, zone(f"s1._domainkey.acme.example. 60 IN TXT {record}\n"), now=NOW)
    return verdict


def alternatives(text: str, html: str) -> str:
    return (
        'Content-Type: multipart/alternative; boundary="b1"\r\n\r\n'
        f"--b1\r\n{kind('text/plain', '8bit')}\r\n{text}\r\n--b1\r\n{kind('text/html', '8bit')}\r\n{html}"
        "\r\n--b1--\r\n"
    )


def mailman(inner: str) -> str:
    return (
        f'Content-Type: multipart/mixed; boundary="b2"\r\n\r\n--b2\r\n{inner}\r\n--b2\r\n'
        f"Content-Type: text/plain\r\n\r\n{FOOTER}\r\n--b2--\r\n"
    )


NOTE = "<hr><i>Confidential</i>"
CHANGES: dict[str, tuple[str, str, str, str]] = {
    "footer in base64 text": (
        f"{kind('text/plain', 'base64')}\r\n{encoded(TEXT)}",
        f"{kind('text/plain', 'base64')}\r\n{encoded(TEXT + FOOTER)}",
        "inserted", "list mailing list",
    ),
    "banner in base64 text": (
        f"{kind('text/plain', 'base64')}\r\n{encoded(TEXT)}",
        f"{kind('text/plain', 'base64')}\r\n{encoded('CAUTION' + CRLF + TEXT)}",
        "inserted", "CAUTION",
    ),
    "footer after re-encoding": (
        f"{kind('text/plain', '8bit')}\r\n{TEXT}",
        f"{kind('text/plain', 'base64')}\r\n{encoded(TEXT + FOOTER)}",
        "transfer-encoding", "re-encoded from 8bit to base64, and 3 lines were appended",
    ),
    "quoted-printable to base64": (
        f"{kind('text/plain', 'quoted-printable')}\r\n{quoted(TEXT)}",
        f"{kind('text/plain', 'base64')}\r\n{encoded(TEXT)}",
        "transfer-encoding", "from quoted-printable to base64",
    ),
    "base64 to quoted-printable": (
        f"{kind('text/plain', 'base64')}\r\n{encoded(TEXT)}",
        f"{kind('text/plain', 'quoted-printable')}\r\n{quoted(TEXT)}",
        "transfer-encoding", "from base64 to quoted-printable",
    ),
    "before </body> on one line": (
        f"{kind('text/html', '7bit')}\r\n{HTML}",
        f"{kind('text/html', '7bit')}\r\n{HTML.replace('</body>', NOTE + '</body>')}",
        "inserted", "Confidential",
    ),
    "after <body> on one line": (
        f"{kind('text/html', '7bit')}\r\n{HTML}",
        f"{kind('text/html', '7bit')}\r\n{HTML.replace('<body>', '<body>' + NOTE)}",
        "inserted", "Confidential",
    ),
    "in quoted-printable HTML, encoded anew": (
        f"{kind('text/html', 'quoted-printable')}\r\n{quoted(ONE_LINE)}",
        f"{kind('text/html', 'quoted-printable')}\r\n{quoted(ONE_LINE.replace('<body>', '<body><i>Übrigens scanned</i>'))}",
        "inserted", "scanned",
    ),
    "both alternatives, HTML on one line": (
        alternatives(TEXT, HTML),
        alternatives(TEXT + FOOTER, HTML.replace("</body>", NOTE + "</body>")),
        "inserted", "both text parts",
    ),
    "a multipart packed by list software": (
        alternatives(TEXT, HTML), mailman(alternatives(TEXT, HTML)), "wrapped-in-mime", "wrapped in a multipart",
    ),
    "a blank line taken out": (
        f"{kind('text/plain', '8bit')}\r\n{TEXT}",
        f"{kind('text/plain', '8bit')}\r\n{TEXT.replace(CRLF * 2, CRLF, 1)}",
        "blank-lines", "a blank line was removed",
    ),
    "two blank lines taken out": (
        f"{kind('text/plain', '8bit')}\r\n{TEXT}Ann{CRLF}Bo{CRLF}",
        f"{kind('text/plain', '8bit')}\r\n{TEXT.replace(CRLF * 2, CRLF)}Ann{CRLF}Bo{CRLF}",
        "blank-lines", "2 blank lines were removed",
    ),
    "runs of blank lines made one": (
        f"{kind('text/plain', '8bit')}\r\n" + "a\r\n\r\n\r\nb\r\n\r\n\r\nc\r\n",
        f"{kind('text/plain', '8bit')}\r\n" + "a\r\n\r\nb\r\n\r\nc\r\n",
        "blank-lines", "merged into one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
async def test_inline_changes(change: str) -> None:
    before, after, code, words = CHANGES[change]
    verdict = await judged(before, after)
    assert (verdict.code, verdict.cause) == ("body-hash", code)
    assert words in verdict.cause_reason


SIMPLE: dict[str, tuple[str, str, str]] = {
    "format=flowed trimmed": (
        "Content-Type: text/plain; format=flowed\r\n\r\none \r\ntwo \r\nthree\r\n\r\n-- \r\nAnn\r\n",
        "Content-Type: text/plain; format=flowed\r\n\r\none\r\ntwo\r\nthree\r\n\r\n--\r\nAnn\r\n",
        "removed from the ends of lines (format=flowed)",
    ),
    "one line trimmed": (
        "Content-Type: text/plain\r\n\r\none\r\ntwo \r\nthree\r\n",
        "Content-Type: text/plain\r\n\r\none\r\ntwo\r\nthree\r\n",
        "removed from the end of a line",
    ),
    "tabs made spaces": (
        "Content-Type: text/plain\r\n\r\na\tb\r\nc\td\r\n",
        "Content-Type: text/plain\r\n\r\na        b\r\nc        d\r\n",
        "tabs were changed to spaces",
    ),
}


@pytest.mark.parametrize("change", SIMPLE)
async def test_white_space_that_simple_minds(change: str) -> None:
    before, after, words = SIMPLE[change]
    verdict = await judged(before, after, tags={"c": "relaxed/simple"})
    assert verdict.cause == "trailing-space"
    assert words in verdict.cause_reason


async def test_z_tells_what_the_header_was() -> None:
    kept = "From:Ann=20<ann@acme.example>|To:bob@dest.example|Subject:Is=20dinner=20ready?"
    later = HEADERS.replace("To: bob@dest.example", "To: undisclosed-recipients:;")
    verdict = await judged("\r\nHi\r\n", "\r\nHi\r\n", tags={"z": kept}, later=later)
    assert verdict.cause == "header-changed"
    assert "To was “bob@dest.example” when it was signed (z=)" in verdict.cause_reason
    assert verdict.key_matches is True


async def test_a_z_that_lies_proves_nothing() -> None:
    later = HEADERS.replace("To: bob@dest.example", "To: undisclosed-recipients:;")
    verdict = await judged(
        "\r\nHi\r\n", "\r\nHi\r\n", tags={"z": "To:eve@evil.test|=|:|Subject"}, later=later
    )
    assert verdict.cause == "header-unknown"


async def test_text_behind_l_is_shown() -> None:
    body = "\r\nHi.\r\n"
    verdict = await judged(body, f"{body}Buy <b>pills</b>\r\nnow\r\n", tags={"l": "5"})
    assert (verdict.result, verdict.unsigned_bytes) == ("pass", 23)
    assert verdict.unsigned_text == "Buy <b>pills</b> now"
    assert "“Buy <b>pills</b> now”" in verdict.reason


async def test_a_changed_word_is_not_explained_and_costs_little() -> None:
    page = "<html><body>" + "<p>some <b>bold</b> text</p>\r\n" * 900 + "</body></html>"
    head = f"{kind('text/html', '7bit')}\r\n"
    verdict = await judged(head + page, head + page.replace("bold", "bald", 1))
    assert (verdict.code, verdict.cause) == ("body-hash", "")
