"""Outlook's .msg files: the original header, the content as Outlook stores it, and broken files."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from mailproof.errors import MessageError
from mailproof.explain import explain_file
from mailproof.mail.outlook import MAX_ATTACHMENTS, read_outlook
from mailproof.mail.saved import split
from mailproof.model import ContentPart, Report
from tests.conformance.txt_resolver import TxtResolver
from tests.support.cli import mailproof
from tests.support.compound import compound, outlook
from tests.support.dkim import NOW
from tests.support.engine import verify_async

HEADER = (
    "Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.dest.example\r\n"
    "\twith ESMTPS id 1; Mon, 23 Nov 2026 11:59:01 +0000\r\nFrom: Zoë <a@acme.example>\r\nSubject: Offer\r\n"
    "Date: Mon, 23 Nov 2026 11:59:00 +0000\r\nMessage-ID: <1@acme.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=gone\r\n\r\n"
)
SAFE = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.acme.example%2Fa&amp;data=05"
WORDS = "Grüße, this is an offer with quite a lot of words in it. "
HTML = (
    f'<html><body><p>{WORDS * 3}</p><a href="{SAFE}">www.acme.example</a>'
    '<a href="https://evil.test/x">bank.test</a><a href="https://bit.ly/1">here</a>'
    '<img src="cid:1"></body></html>'
)


async def judged(raw: bytes) -> Report:
    (message,) = split(raw, "mail.msg")
    return await verify_async(
        message.raw, resolver=TxtResolver({}), now=NOW, source=message.source, kept=message.kept
    )


async def test_the_library_takes_the_file_itself() -> None:
    raw = outlook(HEADER, html=HTML.encode("cp1252"), codepage=1252)
    direct = await verify_async(raw, resolver=TxtResolver({}), now=NOW, source="mail.msg")
    assert direct.outcomes == (await judged(raw)).outcomes
    assert direct.facts.message is not None
    assert direct.facts.message.source == "mail.msg (body as Outlook keeps it)"


def status(report: Report) -> dict[str, str]:
    return {each.check: each.status for each in report.outcomes}


def test_what_outlook_keeps() -> None:
    raw = outlook(
        HEADER,
        plain="Gr\u00fc\u00dfe",
        html=HTML.encode("cp1252"),
        codepage=1252,
        attachments={"offer.pdf": b"x" * 9000, "logo.png": b"p" * 10, "tool.exe": b""},
        inline=("logo.png",),
    )
    kept = read_outlook(raw).kept
    assert kept is not None
    assert (kept.plain, kept.html, kept.html_octets) == ("Grüße", HTML, len(HTML.encode("cp1252")))
    assert kept.attachments == (
        ContentPart("application/pdf", size=9000, filename="offer.pdf", attachment=True),
        ContentPart("application/pdf", size=10, filename="logo.png", attachment=False),
        ContentPart("application/pdf", size=0, filename="tool.exe", attachment=True),
    )


async def test_content_is_judged_and_octets_are_not() -> None:
    report = await judged(outlook(HEADER, plain="x", html=HTML.encode(), attachments={"tool.exe": b"MZ"}))
    states = status(report)
    assert {each: states[each] for each in ("MSG018", "MSG019", "MSG021")} == {
        "MSG018": "warn",
        "MSG019": "warn",
        "MSG021": "fail",
    }
    assert states["MSG012"] == states["MSG020"] == "pass"
    for unknown in ("MSG004", "MSG005", "MSG011", "MSG013", "MSG014"):
        assert states[unknown] == "unknown", unknown
    (links,) = (each.findings for each in report.outcomes if each.check == "MSG018")
    assert [each.message for each in links] == ["A link shows bank.test, but leads to evil.test."]
    facts = report.facts.message
    assert facts is not None
    assert facts.failures == ()
    assert facts.source == "mail.msg (body as Outlook keeps it)"
    assert not facts.has_body
    assert facts.problems[0].startswith("Outlook does not keep the body as it was sent")
    assert facts.content is not None
    assert facts.content.links[0].host == "www.acme.example"


async def test_large_html() -> None:
    report = await judged(outlook(HEADER, html=HTML.encode() + b" " * 110_000))
    assert status(report)["MSG012"] == "warn"


async def test_rtf_alone_is_not_read() -> None:
    report = await judged(outlook(HEADER, plain="made up", rtf=b"LZFu", attachments={"tool.exe": b"MZ"}))
    states = status(report)
    assert states["MSG021"] == "fail"
    for unknown in ("MSG011", "MSG012", "MSG018", "MSG019", "MSG020"):
        assert states[unknown] == "unknown", unknown
    assert report.facts.message is not None
    assert "keeps only RTF" in report.facts.message.problems[0]


async def test_a_text_message_has_no_html() -> None:
    assert status(await judged(outlook(HEADER, plain="hello")))["MSG018"] == "skipped"


def test_header_in_eight_bits_and_the_line_before_it() -> None:
    raw = compound(
        {"__substg1.0_007D001E": b"Microsoft Mail Internet Headers Version 2.0\r\nFrom: Zo\xeb <a@b>\r\n"}
    )
    assert read_outlook(raw).header == "From: Zoë <a@b>\r\n".encode()


def test_no_header() -> None:
    with pytest.raises(MessageError, match="no Internet header"):
        read_outlook(compound({"__substg1.0_0037001F": b"x" * 5000}))
    with pytest.raises(MessageError, match="empty header"):
        read_outlook(outlook("\r\n"))


def _tried(raw: bytes) -> str:
    """The result of reading it: "" or a one-line error."""
    try:
        read_outlook(raw)
    except MessageError as error:
        return str(error)
    return ""


def test_cut_off_anywhere() -> None:
    whole = outlook(HEADER, html=b"<p>" * 3000, attachments={"a.pdf": b"x" * 100})
    said = [_tried(whole[:cut]) for cut in range(8, len(whole), 97)]
    assert not any("\n" in each for each in said)
    assert sum(1 for each in said if each) > 20


def test_many_attachments_are_bounded() -> None:
    kept = read_outlook(outlook(HEADER, attachments={f"{n}.pdf": b"x" for n in range(300)})).kept
    assert kept is not None
    assert len(kept.attachments) == MAX_ATTACHMENTS


def test_tables_that_the_file_has_no_room_for() -> None:
    whole = bytearray(outlook(HEADER))
    for place, value in ((44, 0xFFFFFF), (64, 0xFFFFFF), (72, 0xFFFFFF), (30, 30)):
        broken = bytearray(whole)
        struct.pack_into("<I" if place != 30 else "<H", broken, place, value)
        with pytest.raises(MessageError, match=r"cannot be read: its? "):
            read_outlook(bytes(broken))


@pytest.mark.parametrize("target", [0, 1, 2, 3, 4, 5])
def test_chains_that_bite_their_tail(target: int) -> None:
    """Each table entry points to the same sector: reading still terminates."""
    whole = bytearray(outlook(HEADER, html=b"<p>" * 3000))
    (first,) = struct.unpack_from("<I", whole, 76)
    start = (first + 1) * 512
    for at in range(start, start + 512, 4):
        struct.pack_into("<I", whole, at, target)
    assert "\n" not in _tried(bytes(whole))


def test_folders_inside_one_another() -> None:
    tree: dict[str, object] = {"__substg1.0_007D001F": HEADER.encode("utf-16-le")}
    for _ in range(600):
        tree = {"__attach_version1.0_#00000000": tree}
    with pytest.raises(MessageError, match=r"folders are broken|no Internet header"):
        read_outlook(compound(tree))  # type: ignore[arg-type] # broken on purpose


def test_without_the_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "olefile", None)
    with pytest.raises(MessageError, match=r"install mailproof\[msg\]"):
        read_outlook(outlook(HEADER))


@pytest.mark.parametrize("kept", ["plain", "html"])
async def test_a_bounce_says_why_by_the_words_that_outlook_keeps(kept: str, tmp_path: Path) -> None:
    header = (
        "Return-Path: <>\r\nFrom: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@acme.example\r\n"
        "Subject: Undeliverable: Offer\r\nContent-Type: multipart/report;\r\n\tboundary=x\r\n"
    )
    words = "Not delivered:\r\n\r\nbob@dest.example\r\nRemote Server returned '550 5.1.1 User unknown'\r\n"
    page = "<p>" + words.replace("\r\n", "<br>")
    raw = outlook(header, plain=words) if kept == "plain" else outlook(header, html=page.encode())
    (reply,) = explain_file(raw).replies
    assert (reply.recipient, reply.code, reply.causes[0].id) == ("bob@dest.example", 550, "unknown-user")
    report = await judged(raw)
    assert [each.message.split(".")[0] for each in report.findings if each.rule == "MSG030"] == [
        "The message to bob@dest"
    ]
    file = tmp_path / "bounce.msg"
    file.write_bytes(outlook(header, plain=words, attachments={"x": b"y" * 2_000_000}))
    assert "bob@dest.example" in mailproof("explain", str(file)).out
