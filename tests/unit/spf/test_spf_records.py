"""The SPF record parser: terms, problems, spans, interpretations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.spf import is_spf, parse_macros, parse_spf, read_spf
from mailproof.records.spf.macros import Macro


def problems(text: str) -> list[tuple[str, str]]:
    """Code and faulty characters of each problem."""
    record = parse_spf(text)
    return [(problem.code, text[problem.start : problem.end]) for problem in record.problems]


def test_terms_have_their_places() -> None:
    text = (
        "v=spf1  mx:mail.acme.example/24//64 -ip6:2001:db8::/32 ?exists:%{ir}.x.example redirect=b.example "
    )
    record = parse_spf(text)
    assert [text[term.start : term.end] for term in record.terms] == [term.text for term in record.terms]
    mx, ip6, exists, redirect = record.terms
    assert (mx.name, mx.value, mx.prefix4, mx.prefix6, mx.qualifier) == (
        "mx",
        "mail.acme.example",
        24,
        64,
        "+",
    )
    assert (ip6.value, ip6.prefix4, ip6.prefix6, ip6.qualifier) == ("2001:db8::/32", None, 32, "-")
    assert (exists.value, exists.qualifier) == ("%{ir}.x.example", "?")
    assert (redirect.kind, redirect.name, redirect.value) == ("modifier", "redirect", "b.example")
    assert record.valid
    assert [term.costs_lookup for term in record.terms] == [True, False, True, True]


def test_upper_case_is_in_order() -> None:
    record = parse_spf("V=SPF1 MX IP4:192.0.2.1 INCLUDE:ESP.EXAMPLE -ALL")
    assert record.valid
    assert [term.name for term in record.terms] == ["mx", "ip4", "include", "all"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=spf1", True),
        ("v=spf1 ", True),
        ("V=sPf1 -all", True),
        ("v=spf10 -all", False),
        ("v=spf1\t-all", False),
        ("v=spf1\u00a0-all", False),
        (" v=spf1 -all", False),
        ("", False),
    ],
)
def test_what_counts_as_spf(text: str, expected: bool) -> None:
    assert is_spf(text) is expected


@pytest.mark.parametrize(
    ("term", "code", "at_fault"),
    [
        ("moo", "unknown-mechanism", "moo"),
        ("-", "unknown-mechanism", "-"),
        ("=all", "unknown-mechanism", "=all"),
        ("1up=foo", "unknown-mechanism", "1up=foo"),
        ("-redirect=acme.example", "modifier-as-mechanism", "-redirect=acme.example"),
        ("-all:x", "unexpected-value", ":x"),
        ("include", "missing-value", "include"),
        ("include:", "missing-value", ":"),
        ("include:a.example/24", "bad-domain", "example/24"),
        ("a:museum", "bad-domain", "museum"),
        ("a:museum.", "bad-domain", "museum."),
        ("a:abc.123", "bad-domain", "123"),
        ("a:x.-com", "bad-domain", "-com"),
        ("mx/33", "bad-prefix", "/33"),
        ("a/24/64", "bad-prefix", "/24/64"),
        ("a//129", "bad-prefix", "//129"),
        ("ip4:192.0.2.0/33", "bad-prefix", "/33"),
        ("ip4:192.0.2", "bad-address", "192.0.2"),
        ("ip4:192.0.2.010", "bad-address", "192.0.2.010"),
        ("ip4:192.0.2.300", "bad-address", "192.0.2.300"),
        ("ip6:fe80::1%eth0", "bad-address", "fe80::1%eth0"),
        ("ip4", "missing-value", "ip4"),
        ("exists:%{a}.example", "bad-macro", "%{a}"),
        ("exists:%{i0}.example", "bad-macro", "%{i0}"),
        ("exists:%(i).example", "bad-macro", "%"),
        ("exists:%{c}.example", "bad-macro", "%{c}"),
        ("foo=%abc", "bad-macro", "%"),
        ("redirect=", "missing-value", "="),
    ],
)
def test_faults_are_fatal_and_pointed_at(term: str, code: str, at_fault: str) -> None:
    text = f"v=spf1 {term} -all"
    assert problems(text) == [(code, at_fault)]
    assert not parse_spf(text).valid


@pytest.mark.parametrize(
    "term",
    [
        "a:foo:bar/baz.example.com",
        "a:%{d}",
        "a:x.%{d2r}",
        "exists:%%.%_%-.example.com",
        "moo.cow-far_out=man:dog/cat",
        "a//33",
        "mx/0",
        "ip4:192.0.2.0/0",
        "ip6:::1.1.1.1/0",
        "include:o.example.com.",
        "a:x.xn--zckzah",
    ],
)
def test_odd_terms_are_in_order(term: str) -> None:
    assert parse_spf(f"v=spf1 {term} -all").problems == ()


def test_a_no_break_space_is_fatal_and_pointed_at() -> None:
    assert problems("v=spf1 mx\u00a0-all") == [("non-ascii", "\u00a0")]
    assert problems("v=spf1 mx\tptr -all") == [("control-character", "\t")]


def test_redirect_and_exp_stand_once() -> None:
    assert problems("v=spf1 redirect=a.example redirect=b.example") == [
        ("duplicate-modifier", "redirect=b.example")
    ]
    assert problems("v=spf1 exp=a.example -all exp=b.example") == [("duplicate-modifier", "exp=b.example")]


def test_macros_are_taken_apart() -> None:
    (macro,) = parse_macros("%{S12r-+}").parts
    assert isinstance(macro, Macro)
    assert (macro.letter, macro.keep, macro.reverse, macro.delimiters, macro.url_escape) == (
        "s",
        12,
        True,
        "-+",
        True,
    )


@given(
    st.text(alphabet=st.sampled_from("v=spf1 amxinclude:ip46/.%{}-+~?rd0159\u00a0\t,;\"'exp"), max_size=120)
)
def test_never_raises_and_spans_lie_within(text: str) -> None:
    for candidate in (text, f"v=spf1 {text}"):
        record = parse_spf(candidate)
        for problem in record.problems:
            assert 0 <= problem.start <= problem.end <= len(candidate)
        for term in record.terms:
            assert candidate[term.start : term.end] == term.text
        reading = read_spf(candidate, "acme.example", (3, 9, 40))
        assert reading is None or reading.meant is None or parse_spf(reading.meant).valid


@given(st.text(max_size=60))
def test_any_text_at_all(text: str) -> None:
    parse_spf(f"v=spf1 {text}")
    read_spf(text)


@pytest.mark.parametrize(
    "body",
    [
        "a" * 60_000,
        "a:" + "/1" * 30_000,
        "%{d" + "1" * 60_000,
        "a " * 30_000,
        "\u00a0" * 60_000,
        "x\u00a0" * 30_000,
        "a:" + "%{d}" * 15_000,
        "ip4:" + "1." * 30_000,
        "all:" * 15_000,
        "-" * 60_000,
        "- " * 30_000,
        "include:a.example" * 3_000,
        "mx" * 30_000,
        "mx," * 20_000,
        "a:" * 490,
        "all;MS=ms1;" * 5_000,
        "v=spf1 " * 8_000,
        '" "' * 20_000,
    ],
)
def test_hostile_records_are_bounded(body: str) -> None:
    record = parse_spf(f"v=spf1 {body}")
    for text in (f"v=spf1 {body}", body, "v=spf" + body, body[:300] + " v=spf1 " + body):
        read_spf(text, "acme.example")
    assert len(record.problems) < 300
