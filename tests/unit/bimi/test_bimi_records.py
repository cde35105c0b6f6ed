"""BIMI records and logos: grammar, declination, SVG Tiny PS, and hostile files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.bimi import is_bimi, parse_bimi
from mailproof.records.svg_tiny import ALLOWED, inspect_svg
from tests.support.mark import LOGO

L = "https://acme.example/logo.svg"


@pytest.mark.parametrize(
    ("text", "evidence", "declined"),
    [
        (f"v=BIMI1; l={L}", "", False),
        (f"v=BIMI1;l={L};a=https://acme.example/vmc.pem;", "https://acme.example/vmc.pem", False),
        (f"v = BIMI1; l = {L}; a=; avp=brand; lps=a,b", "", False),
        ("v=BIMI1; l=; a=;", "", True),
        ("v=BIMI1; l=", "", True),
    ],
)
def test_valid_records(text: str, evidence: str, declined: bool) -> None:
    record = parse_bimi(text)
    assert record.problems == ()
    assert (record.evidence, record.declined) == (evidence, declined)


@pytest.mark.parametrize(
    ("text", "code", "snippet", "fatal"),
    [
        ("v=BIMI1;", "missing-location", "v=BIMI1;", True),
        ("v=BIMI1; l=http://acme.example/l.svg", "bad-location", "http://acme.example/l.svg", True),
        ("v=BIMI1; l=acme.example/l.svg", "bad-location", "acme.example/l.svg", True),
        (f"v=BIMI1; l={L},{L}", "bad-location", f"{L},{L}", True),
        ("v=BIMI1; l=https://", "bad-location", "https://", True),
        ("v=BIMI1; l=https://[x", "bad-location", "https://[x", True),
        ("v=BIMI1; l=https://acme.example/a b.svg", "bad-location", "https://acme.example/a b.svg", True),
        (f"v=BIMI1; l=; a={L}", "no-location", "l=", False),
        (f"v=BIMI1; l={L}; a=http://acme.example/", "bad-evidence", "http://acme.example/", False),
        (f"v=BIMI1; l={L}; avp=logo", "invalid-preference", "avp=logo", False),
        (f"v=BIMI1; l={L}; selector=x", "unknown-tag", "selector=x", False),
        (f"v=bimi1; l={L}", "version-case", "v=bimi1", False),
        (f"v=BIMI1; l={L}; l={L}", "duplicate-tag", f"l={L}", True),
        (f"v=BIMI1;; l={L}", "empty-tag", ";;", True),
    ],
)
def test_faults_are_pointed_at(text: str, code: str, snippet: str, fatal: bool) -> None:
    found = next(problem for problem in parse_bimi(text).problems if problem.code == code)
    assert (text[found.start : found.end], found.fatal) == (snippet, fatal)


def test_what_is_no_record() -> None:
    assert not is_bimi(f"v=BIMI2; l={L}")
    assert not is_bimi(f"l={L}; v=BIMI1")
    assert not is_bimi("v=BIMI1 l=x")


@given(st.text(max_size=300))
def test_no_text_breaks_the_parser(text: str) -> None:
    for problem in parse_bimi("v=BIMI1; " + text).problems:
        assert 0 <= problem.start <= problem.end <= len(text) + 9


def test_a_logo_that_keeps_to_the_profile() -> None:
    image = inspect_svg(LOGO)
    assert image.problems == []
    assert (image.title, image.width, image.height) == ("Acme", 64, 64)


@pytest.mark.parametrize("name", sorted(ALLOWED - {"svg", "title"}))
def test_each_element_of_the_profile(name: str) -> None:
    assert inspect_svg(LOGO.replace(b"</svg>", f"<{name}/></svg>".encode())).problems == []


def codes(raw: bytes) -> dict[str, bool]:
    return {problem.code: problem.fatal for problem in inspect_svg(raw).problems}


@pytest.mark.parametrize(
    ("old", "new", "code", "fatal"),
    [
        (b'version="1.2"', b"", "version", True),
        (b'version="1.2"', b'version="1.1"', "version", True),
        (b'baseProfile="tiny-ps"', b"", "profile", True),
        (b"tiny-ps", b"tiny", "profile", True),
        (b"<svg ", b'<svg x="0" ', "root-position", True),
        (b"<title>Acme</title>", b"", "title", True),
        (b"<title>Acme</title>", b"<g><title>Acme</title></g>", "title", True),
        (b"<title>Acme</title>", b"<title> </title>", "title-empty", False),
        (b"<title>Acme</title>", b"<title>" + b"A" * 65 + b"</title>", "title-long", False),
        (b"0 0 64 64", b"0 0 64 32", "not-square", False),
        (b"0 0 64 64", b"0 0 0 0", "view-box", False),
        (b"0 0 64 64", b"0 0 inf inf", "view-box", False),
        (b"0 0 64 64", b"0 0 nan nan", "view-box", False),
        (b' viewBox="0 0 64 64"', b"", "view-box", False),
        (b"</svg>", b"<script>alert(1)</script></svg>", "element", True),
        (b"</svg>", b'<image href="#a"/></svg>', "element", True),
        (b"</svg>", b'<animate attributeName="r"/></svg>', "element", True),
        (b"</svg>", b"<set/></svg>", "element", True),
        (b"</svg>", b"<foreignObject/></svg>", "element", True),
        (b"</svg>", b"<style>*{}</style></svg>", "element", True),
        (b"</svg>", b'<n:view xmlns:n="urn:sodipodi"/></svg>', "element", True),
        (b"<circle", b'<circle onclick="x()"', "event", True),
        (b"<circle", b'<circle style="fill:red"', "style", True),
        (b"#06c", b"url(https://evil.test/x)", "external", True),
        (b"</svg>", b'<use href="https://evil.test/a.svg"/></svg>', "external", True),
        (b"</svg>", b'<use xmlns:x="http://www.w3.org/1999/xlink" x:href="data:"/></svg>', "external", True),
        (b"<svg", b'<?xml-stylesheet href="https://evil.test/x.css"?><svg', "external", True),
        (b"<svg", b'<!DOCTYPE svg PUBLIC "-//W3C//DTD" "http://www.w3.org/svg.dtd"><svg', "doctype", False),
        (b"</svg>", b"<desc>" + b"x" * 33000 + b"</desc></svg>", "size", False),
        (b"http://www.w3.org/2000/svg", b"urn:other", "not-svg", True),
        (b"</svg>", b"", "not-xml", True),
        (b"<svg", b'<?xml version="1.0" encoding="no-such"?><svg', "not-xml", True),
    ],
)  # fmt: skip
def test_departures_from_the_profile(old: bytes, new: bytes, code: str, fatal: bool) -> None:
    assert codes(LOGO.replace(old, new, 1)).get(code) is fatal


def test_references_within_the_picture_are_allowed() -> None:
    inner = b'<linearGradient id="a"/><circle fill="url(#a)"/><use href="#a"/></svg>'
    assert codes(LOGO.replace(b"</svg>", inner)) == {}


def test_anything_may_stand_in_metadata() -> None:
    inner = b'<metadata><rdf xmlns="urn:rdf" href="https://acme.example/"/></metadata></svg>'
    assert codes(LOGO.replace(b"</svg>", inner)) == {}


BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


@pytest.mark.parametrize(
    "raw",
    [
        BOMB + b"]><svg>&j;</svg>",
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><title>&x;</title></svg>',
        b'<!DOCTYPE svg [<!ENTITY % x SYSTEM "https://evil.test/x.dtd"> %x;]><svg/>',
    ],
)
def test_entities_are_refused_unread(raw: bytes) -> None:
    image = inspect_svg(raw)
    assert [problem.code for problem in image.problems] == ["entities"]
    assert image.title == ""


def test_deep_and_wide_files_are_left() -> None:
    deep = LOGO.replace(b"</svg>", b"<g>" * 5000 + b"</g>" * 5000 + b"</svg>")
    wide = LOGO.replace(b"</svg>", b"<g/>" * 30000 + b"</svg>")
    assert "too-complex" in codes(deep)
    assert "too-complex" in codes(wide)


def test_problems_are_bounded() -> None:
    many = b"".join(b"<e%d/>" % n for n in range(1000))
    assert len(inspect_svg(LOGO.replace(b"</svg>", many + b"</svg>")).problems) == 30


@given(st.binary(max_size=300))
def test_no_octets_break_the_reader(raw: bytes) -> None:
    inspect_svg(raw)
    inspect_svg(LOGO[:120] + raw + LOGO[120:])
