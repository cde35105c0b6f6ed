"""Broken SPF records, read as their author intended; ambiguous ones have no interpretation."""

from __future__ import annotations

import pytest

from mailproof.records.spf import all_last, is_spf, merged, parse_spf, read_spf

DOMAIN = "acme.example"
ESP = "include:_spf.esp.example"


def meant(text: str, *seams: int) -> str | None:
    reading = read_spf(text, DOMAIN, seams)
    assert reading is not None
    return reading.meant


def why(text: str, *seams: int) -> str:
    reading = read_spf(text, DOMAIN, seams)
    assert reading is not None
    return "; ".join(fault.message for fault in reading.faults)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # A space is missing between two terms.
        (f"v=spf1 mx{ESP} -all", f"v=spf1 mx {ESP} -all"),
        (f"v=spf1 a{ESP} ~all", f"v=spf1 a {ESP} ~all"),
        ("v=spf1 amx -all", "v=spf1 a mx -all"),
        ("v=spf1 aip4:192.0.2.1 -all", "v=spf1 a ip4:192.0.2.1 -all"),
        (f"v=spf1 {ESP}+mx -all", f"v=spf1 {ESP} +mx -all"),
        # Another term at the start of a term's value.
        ("v=spf1 ip4:ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 include:ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        (f"v=spf1 -include:{ESP} mx -all", f"v=spf1 -{ESP} mx -all"),
        (f"v=spf1 mx:{ESP} -all", f"v=spf1 mx {ESP} -all"),
        ("v=spf1 mx \u02dcall", "v=spf1 mx ~all"),
        # Spaces as encoded in a web page or a URL.
        (f"v=spf1 mx&nbsp;{ESP}%20-all<br>", f"v=spf1 mx {ESP} -all"),
        (f"v=spf1 mx\\n{ESP}\\n-all", f"v=spf1 mx {ESP} -all"),
        ("v=spf1 include:b\u00fccher.example -all", "v=spf1 include:xn--bcher-kva.example -all"),
        ("v=spf1 include:\u0441\u043e\u0440.example -all", None),  # Cyrillic, or letters that look like it
        ("v=spf1+mx+-all", "v=spf1 +mx -all"),
        ("v=spf1 mx _spf.esp.test -all", "v=spf1 mx include:_spf.esp.test -all"),
        ("v=spf1 mx www.esp.test -all", None),
        ("v=spf1 ip4:www.esp.test -all", "v=spf1 a:www.esp.test -all"),
        ("v=spf1 a/www.esp.test -all", "v=spf1 a:www.esp.test -all"),
        ("v=spf1 ip4:192.0.2.* -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:192.0.2/24 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:192.0.2/28 -all", None),
        ("v=spf1 ip4:192.0.2 -all", None),
        ("v=spf1 ip4:192.0.2.64-192.0.2.71 -all", "v=spf1 ip4:192.0.2.64/29 -all"),
        ("v=spf1 ip4:192.0.2.64-192.0.2.70 -all", None),
        ("v=spf1 ip4:192.0.2.71-192.0.2.64 -all", None),
        ("v=spf1 ip4:192.0.2.64\\28 -all", "v=spf1 ip4:192.0.2.64/28 -all"),
        ("v=spf1 ip4:192.0.2.77/ -all", "v=spf1 ip4:192.0.2.77 -all"),
        ("v=spf1 mx-all", "v=spf1 mx -all"),
        ("v=spf1 a mx~all", "v=spf1 a mx ~all"),
        ("v=spf1 a/24mx/24?all", "v=spf1 a/24 mx/24 ?all"),
        ("v=spf1 ip4:192.0.2.1-all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 ip4:192.0.2.0/24~all", "v=spf1 ip4:192.0.2.0/24 ~all"),
        ("v=spf1 ip4:192.0.2.1ip4:192.0.2.2 -all", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all"),
        ("v=spf1 ip4:192.0.2.1mx -all", "v=spf1 ip4:192.0.2.1 mx -all"),
        ("v=spf1 ip6:2001:db8::1a:h.example -all", "v=spf1 ip6:2001:db8::1 a:h.example -all"),
        (f"v=spf1 ip4:192.0.2.1{ESP} ~all", f"v=spf1 ip4:192.0.2.1 {ESP} ~all"),
        (f"v=spf1 mx {ESP}-all", f"v=spf1 mx {ESP} -all"),
        (f"v=spf1 mx {ESP}~all", f"v=spf1 mx {ESP} ~all"),
        (f"v=spf1 mx {ESP}?all", f"v=spf1 mx {ESP} ?all"),
        ("v=spf1 include:a.exampleinclude:b.example -all", "v=spf1 include:a.example include:b.example -all"),
        ("v=spf1 a:h.examplemx:m.example -all", "v=spf1 a:h.example mx:m.example -all"),
        ("v=spf1 exists:%{i}.x.example-all", "v=spf1 exists:%{i}.x.example -all"),
        (f"v=spf1 mx -all{ESP}", f"v=spf1 mx {ESP} -all"),
        (f"v=spf1 ~all{ESP} ip4:192.0.2.1", f"v=spf1 {ESP} ip4:192.0.2.1 ~all"),
        ("v=spf1 mx ?allexp=why.acme.example", "v=spf1 mx ?all exp=why.acme.example"),
        ("v=spf1 mx redirect=a.example-all", "v=spf1 mx redirect=a.example-all"),  # which of the two?
        ("v=spf1 a:one.example-include:two.example -all", "v=spf1 a:one.example-include:two.example -all"),
        ("v=spf1 mxredirect=a.example", "v=spf1 mx redirect=a.example"),
        (f"v=spf1 mx {ESP}+all", None),
        ("v=spf1 mxall", None),
        (f"v=spf1 all{ESP}", None),
        # Two records in one.
        (f"v=spf1 mx -allv=spf1 {ESP} -all", f"v=spf1 mx {ESP} -all"),
        (f"v=spf1 mx -all v=spf1 mx {ESP} -all", f"v=spf1 mx {ESP} -all"),
        (f"v=spf1 mxv=spf1 {ESP} ~all", f"v=spf1 mx {ESP} ~all"),
        (f"v=spf1 {ESP}v=spf1 mx ~all", f"v=spf1 {ESP} mx ~all"),
        ("v=spf1 v=spf1 mx -all", "v=spf1 mx -all"),
        (f"v=spf1 mx -allv=spf1 {ESP} ~all", None),
        (f"v=spf1 mx -ip4:192.0.2.9 -allv=spf1 {ESP} -all", None),
        # Commas and semicolons.
        (f"v=spf1 mx, {ESP}, -all", f"v=spf1 mx {ESP} -all"),
        (f"v=spf1 mx;{ESP};~all;", f"v=spf1 mx {ESP} ~all"),
        ("v=spf1 mx ; a , ?all", "v=spf1 mx a ?all"),
        ("v=spf1 ip4:192.0.2.0/24; -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:192.0.2.1,192.0.2.2 -all", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all"),
        ("v=spf1 ip4:192.0.2.1,2001:db8::1 -all.", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all"),
        ("v=spf1 ?ip4:192.0.2.1,192.0.2.2 -all", "v=spf1 ?ip4:192.0.2.1 ?ip4:192.0.2.2 -all"),
        ("v=spf1 include:a.example,b.example -all", "v=spf1 include:a.example include:b.example -all"),
        ("v=spf1 a:h.example|mx ~all", "v=spf1 a:h.example mx ~all"),
        ("v=spf1 mx ~all.", "v=spf1 mx ~all"),
        ("v=spf1 mx -all,v=DMARC1", "v=spf1 mx -all"),
        ("v=spf1 mx -all; v=DMARC1; p=none", "v=spf1 mx -all"),
        ("v=spf1 mx, all", None),
        ("v=spf1 mx; nonsense; -all", None),
        # A term is misspelt.
        ("v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 ip:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all"),
        ("v=spf1 incude:esp.example ~al", "v=spf1 include:esp.example ~all"),
        ("v=spf1 inculde:esp.example --all", "v=spf1 include:esp.example -all"),
        ("v=spf1 redirect:esp.example", "v=spf1 redirect=esp.example"),
        ("v=spf1 a:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 ip4:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all"),
        ("v=spf1 ip4:192.0.2.0/024 -all;", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:192.0.2.0/255.255.255.0 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:192.0.2.1:25 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 192.0.2.1 2001:db8::/32 -all", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 -all"),
        ("v=spf1 ip4.192.0.2.1 ip4192.0.2.2 ~all", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ~all"),
        ("v=spf1 include_spf.esp.example -all", "v=spf1 include:_spf.esp.example -all"),
        ("v=spf1 include;esp.example a,h.example -all", "v=spf1 include:esp.example a:h.example -all"),
        ("v=spf1 include:https://esp.example -all", "v=spf1 include:esp.example -all"),
        ("v=spf1 include=esp.example ip4=192.0.2.1 -all", "v=spf1 include:esp.example ip4:192.0.2.1 -all"),
        ("v=spf1 ipv4=192.0.2.1 includes=esp.example -all", "v=spf1 ip4:192.0.2.1 include:esp.example -all"),
        ("v=spf1 redirect=a.example redirect=a.example", "v=spf1 redirect=a.example"),
        ("v=spf1 exclude:esp.example -all", None),
        ("v=spf1 -redirect:esp.example", None),
        ("v=spf1 ip4:192.0.2.300 -all", None),
        ("v=spf1 zzz -all", None),
        # A space in the wrong place.
        ("v=spf1 include: esp.example - all", "v=spf1 include:esp.example -all"),
        ("v=spf1 include esp.example ~ all", "v=spf1 include:esp.example ~all"),
        ("v=spf1 include : esp.example ip4 192.0.2.1 -all", "v=spf1 include:esp.example ip4:192.0.2.1 -all"),
        ("v=spf1 ip4: 192.0.2.0 /24 -all", "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 include:_spf. esp.example -all", "v=spf1 include:_spf.esp.example -all"),
        ("v=spf1 mx - include:esp.example -all", None),
        # Characters that look like others.
        ("v=spf1 mx\u00a0\u2013all", "v=spf1 mx -all"),
        ("v=spf1 mx \u2013 all", "v=spf1 mx -all"),
        ("v=spf1 \u200bmx \u201cinclude:esp.example\u201d -all", "v=spf1 mx include:esp.example -all"),
        ('v=spf1 mx "include:esp.example" "-all"', "v=spf1 mx include:esp.example -all"),
        ("v=spf1 m\u00fcller -all", None),
        # Nothing is wrong, or nothing that is reported here.
        ("v=spf1 +all", "v=spf1 +all"),
        ("V=SPF1 MX -ALL", "V=SPF1 MX -ALL"),
    ],
)  # fmt: skip
def test_what_was_meant(text: str, right: str | None) -> None:
    assert meant(text) == right


@pytest.mark.parametrize(
    ("text", "right", "apart"),
    [
        (f"v=spf1 {ESP} ?all;MS=ms12345", f"v=spf1 {ESP} ?all", ("MS=ms12345",)),
        ("v=spf1 mx ~all,some-verification=Ab-1_c", "v=spf1 mx ~all", ("some-verification=Ab-1_c",)),
        ("v=spf1 mx -all MS91827364", "v=spf1 mx -all", ("MS91827364",)),
        ("v=spf1 mx -allMS=ms12345", "v=spf1 mx -all", ("MS=ms12345",)),
        ('v=spf1 mx ~all"a-verification=123"', "v=spf1 mx ~all", ("a-verification=123",)),
        ("v=spf1 mx -allow=ms12345", None, ()),
        ("v=spf1 mx -all; MS=ms91827364", "v=spf1 mx -all", ("MS=ms91827364",)),
        ("site-verification=abc v=spf1 mx -all", "v=spf1 mx -all", ("site-verification=abc",)),
        ("MS=ms1234, v=spf1 mx -all", "v=spf1 mx -all", ("MS=ms1234",)),
        ("MS=ms1234 site-token v=spf1 a ~all", "v=spf1 a ~all", ("MS=ms1234", "site-token")),
        ("v=spf1 mx all;MS=ms12345", None, ()),
        ("our policy is v=spf1 mx -all", None, ()),
    ],
)  # fmt: skip
def test_tokens_go_into_records_of_their_own(text: str, right: str | None, apart: tuple[str, ...]) -> None:
    reading = read_spf(text, DOMAIN)
    assert reading is not None
    assert (reading.meant, reading.apart) == (right, apart)


VERSIONS = (
    *(
        "v=sfp1",
        "v=spf 1",
        "spf1",
        "v=spf1;",
        "v=spfl",
        "v-spf1",
        "v:spf1",
        "vspf1",
        "v=psf1",
        "v= spf1",
        "v =spf1",
    ),
    *(
        "=spf1",
        "v=spf",
        "v=spf2",
        "v=spf1.0",
        "v=spf10",
        "v==spf1",
        "V=SPF1,",
        "v='spf1'",
        "b=spf1",
        "v=spf1:",
    ),
    *(
        "v=spf-1",
        "v = spf1",
        '"v=spf1',
        '\\"v=spf1',
        " v=spf1",
        "\ufeffv=spf1",
        "v=spf1\t",
        "v=spf1\u00a0",
        "v=SFP1",
    ),
    *("v=spf1.", "acme.example = v=spf1", "acme.example. IN TXT v=spf1", 'acme.example. 3600 IN TXT "v=spf1'),
    *("@ v=spf1", "@ IN TXT v=spf1", "acme IN TXT v=spf1", "TXT v=spf1", "SPF: v=spf1", "txt=v=spf1"),
    *("@ IN TXT v=sfp1", "Value: v=spf1", "spf", "SPF:"),
)


@pytest.mark.parametrize("rest", [f"mx {ESP} ~all", f"{ESP}~all", "ip4:192.0.2.1;-all"])
def test_what_was_written_for_the_version(rest: str) -> None:
    right = meant(f"v=spf1 {rest}")
    assert right is not None
    for version in VERSIONS:
        assert not is_spf(f"{version} {rest}"), version
        assert meant(f"{version} {rest}") == right, version


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (f"v=spf1{ESP} -all", f"v=spf1 {ESP} -all"),
        (f"v=spf1mx{ESP} -all", f"v=spf1 mx {ESP} -all"),
        ("v=spf1-all", "v=spf1 -all"),
        ("v=spf1:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all"),
        ("v = spf1,10.0.0.1 mx -all", "v=spf1 ip4:10.0.0.1 mx -all"),
        ("v=spf1ip4:192.0.2.1-all", "v=spf1 ip4:192.0.2.1 -all"),
        ("spf1 mx +all", None),
        ("(v=spf1 mx -all)", "v=spf1 mx -all"),
        ("text=v=spf1 mx -all", "v=spf1 mx -all"),
        ("v=spf1;", None),
        ("v=spf1 mx -all", "v=spf1 mx -all"),
        ('"v=spf1 inclu" "de:esp.example -all"', "v=spf1 include:esp.example -all"),
        ('"v=spf1 mx" "include:esp.example -all"', "v=spf1 mx include:esp.example -all"),
        ("mail.acme.example. IN TXT v=spf1 a -all", None),
        ("v=DMARC1; p=none v=spf1 mx -all", None),
    ],
)
def test_heads_with_more_to_them(text: str, right: str | None) -> None:
    assert meant(text) == right


@pytest.mark.parametrize(
    "text",
    [
        "spf2.0/pra mx -all",
        "v=spf2.0/pra mx -all",
        "v=DMARC1; p=none",
        "spf",
        "our spf notes",
        "see v=spf1 records",
        "",
        "spfbl=1",
        "v=DKIM1; p=",
        "v=STSv1; id=1",
        "v=TLSRPTv1; rua=mailto:a@b.example",
        "v=BIMI1; l=;",
    ],
)
def test_what_was_not_meant_as_spf(text: str) -> None:
    assert read_spf(text, DOMAIN) is None


def test_a_seam_is_named_and_tells_of_a_word_that_was_cut_in_two() -> None:
    text = f"v=spf1 mx {ESP}~all"
    assert "where two strings of the TXT record meet" in why(text, len(f"v=spf1 mx {ESP}"))
    assert "where two strings" not in why(text, 5)
    assert "where two strings" in why(f"v=spf1{ESP} ~all", 6)
    cut = "v=spf1 include:_spf.goo gle.com -all"
    assert meant(cut, 23) == meant(cut, 24) == "v=spf1 include:_spf.google.com -all"
    assert meant(cut) is None


@pytest.mark.parametrize(
    ("size", "end", "seams", "cut"),
    [
        (255, " include:_s", (), True),
        (255, " a:host.example", (), True),
        (255, " -al", (), True),
        (510, " include:_s", (255,), True),
        (300, " include:_s", (45,), True),
        (255, " -all", (), False),
        (255, " redirect=a.example", (), False),
        (254, " include:_s", (), False),
        (300, " include:_s", (255,), False),
    ],
)
def test_a_record_that_was_cut_off_is_named_as_such(
    size: int, end: str, seams: tuple[int, ...], cut: bool
) -> None:
    terms = " ".join(f"ip4:198.51.100.{number % 90 + 10}" for number in range(40))
    text = f"v=spf1 {terms}"[: size - len(end)].rpartition(" ")[0].ljust(size - len(end)) + end
    record = parse_spf(text, seams)
    assert record.cut is cut
    if cut:
        assert meant(text, *seams) is None
        assert "it was cut off" in why(text, *seams)


@pytest.mark.parametrize("end", ["include:_spf.esp...", "ip4:198.51.100.1...", "ip4:198.51\u2026", "mx \\"])
def test_a_record_from_a_display_that_shortens_is_cut_off_too(end: str) -> None:
    assert parse_spf(f"v=spf1 a {end}").cut
    assert meant(f"v=spf1 a {end}") is None
    assert meant("v=spf1 a -all...") == "v=spf1 a -all"


def test_names_that_two_strings_make_up_are_two_terms() -> None:
    assert "where two strings" in why("v=spf1 a:mail.acme.examplemx -all", 26)
    assert meant("v=spf1 a:mail.acme.examplemx -all", 26) == "v=spf1 a:mail.acme.example mx -all"
    assert meant("v=spf1 include:esp.examplea -all", 26) == "v=spf1 include:esp.example a -all"
    for seam in (7, 14, 20, 25, 27):
        assert meant("v=spf1 a:mail.acme.examplemx -all", seam) == "v=spf1 a:mail.acme.examplemx -all"


def test_merging_keeps_every_permission_or_has_no_result() -> None:
    assert merged(["v=spf1 mx ~all", f"v=spf1 {ESP} MX ~all"]) == f"v=spf1 mx {ESP} ~all"
    assert merged(["v=spf1 mx", f"v=spf1 {ESP} -all"]) == f"v=spf1 mx {ESP} -all"
    assert merged(["v=spf1 redirect=a.example", "v=spf1 mx"]) == "v=spf1 mx redirect=a.example"
    for other in (
        "v=spf1 a -all",
        "v=spf1 a +all",
        "v=spf1 redirect=a.example",
        "v=spf1 -a ~all",
        "v=spf1 zzz ~all",
    ):
        assert merged(["v=spf1 mx ~all", other]) is None, other
    assert merged(["v=spf1 exp=a.example", "v=spf1 exp=b.example"]) is None


def test_all_comes_last_where_one_all_is_meant() -> None:
    assert all_last(parse_spf("v=spf1 -all mx a exp=b.example")) == "v=spf1 mx a -all exp=b.example"
    assert all_last(parse_spf("v=spf1 ~all mx ~all")) == "v=spf1 mx ~all"
    assert all_last(parse_spf("v=spf1 mx -all ~all")) == "v=spf1 mx -all"
    assert all_last(parse_spf("v=spf1 -all mx ~all")) is None
