"""The HTML page from the command line: as a file, with an organization's name and logo; rejected logos."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from mailproof.config.limits import MAX_LOGO_BYTES
from tests.support.cli import Run, mailproof
from tests.support.htmltree import Element, parsed

ZONE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
@ 60 IN TXT "v=spf1 mx +all"
"""
PNG = b"\x89PNG\r\n\x1a\n rest"
SVG = b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "acme.zone").write_text(ZONE)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILPROOF_CONFIG", raising=False)
    return tmp_path


def audit(*arguments: str) -> Run:
    return mailproof("audit", "--zone", "acme.zone", "--offline", "acme.example", *arguments)


def branded(text: str, **files: bytes) -> Run:
    Path("mailproof.toml").write_text(f"[report]\n{text}\n")
    for name, content in files.items():
        Path(name).write_bytes(content)
    return audit("-f", "html")


def source(page: Element) -> str:
    return page.all("img")[0].attributes["src"] or ""


def test_the_file_and_the_output_are_the_same_page() -> None:
    run = audit("-f", "html", "-o", "report.html", "-o", "html:report.txt")
    assert run.code == 1
    assert parsed(run.out).all("h1")[0].text == "Mail report: acme.example"
    assert Path("report.html").read_text() == Path("report.txt").read_text() == run.out


def test_several_domains_are_one_page() -> None:
    run = mailproof(
        "audit", "--zone", "acme.zone", "--offline", "acme.example", "b.acme.example", "-f", "html"
    )
    page = parsed(run.out)
    assert [each.text for each in page.with_class("index")[0].all("a")] == ["acme.example", "b.acme.example"]
    assert len(page.all("article")) == 2


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 rest", "image/jpeg"),
        (SVG, "image/svg+xml"),
        (b"<svg>", "image/svg+xml"),
    ],
)
def test_a_logo_becomes_part_of_the_page(content: bytes, kind: str) -> None:
    run = branded('title = "For <Acme>"\ncontact = "Jo"\nlogo = "logo"', logo=content)
    page = parsed(run.out)
    assert page.all("h1")[0].text == "For <Acme>"
    assert source(page) == f"data:{kind};base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize(
    ("text", "content", "said"),
    [
        ('logo = "none.png"', None, "none.png: cannot be read: No such file or directory"),
        ('logo = "."', None, "cannot be read: Is a directory"),
        ('logo = "logo"', b"GIF89a", "not a PNG, JPEG or SVG picture"),
        ('logo = "logo"', b"", "not a PNG, JPEG or SVG picture"),
        ('logo = "logo"', b"<!--x-->" * 20_000, "not a PNG, JPEG or SVG picture"),
        ('logo = "logo"', b"<html><svg>", "not a PNG, JPEG or SVG picture"),
        ('logo = "logo"', PNG + bytes(MAX_LOGO_BYTES), "larger than 256 KiB: make the picture smaller"),
        ("logo = 1", None, "mailproof.toml:2:1: 'report.logo': input should be a path"),
        (f'title = "{"x" * 201}"', None, "'title' of [report] must be at most 200 characters on one line"),
        ('contact = "a\\nb"', None, "'contact' of [report] must be at most 200 characters on one line"),
        ('colour = "red"', None, "unknown key 'report.colour'"),
    ],
)
def test_what_the_report_cannot_have(text: str, content: bytes | None, said: str) -> None:
    run = branded(text, **({} if content is None else {"logo": content}))
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert run.err.count("\n") == 1


def test_a_logo_is_read_only_for_a_page() -> None:
    Path("mailproof.toml").write_text('[report]\nlogo = "none.png"\n')
    assert audit("-f", "concise").code == 1
