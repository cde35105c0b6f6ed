"""The addresses of a From header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.header_text import decode_words
from mailproof.records.mailboxes import address_domain, domain_to_ascii, parse_addresses


@pytest.mark.parametrize(
    ("value", "local", "domain", "display"),
    [
        ("a@acme.example", "a", "acme.example", ""),
        ("Joe <joe@Acme.Example.>", "joe", "acme.example", "Joe"),
        ("=?utf-8?Q?Smith,_B=C3=BCb?= <x@bücher.example>", "x", "xn--bcher-kva.example", "Smith, Büb"),
        ("joe@acme.example (Joe (x))", "joe", "acme.example", "Joe (x)"),
        ("<@r1.test,@r2.test:joe@acme.example>", "joe", "acme.example", ""),
        ('"ceo@bank.example" <x@evil.test>', "x", "evil.test", "ceo@bank.example"),
        ("a @ acme . example", "a", "acme.example", ""),
        ('"z, y"@acme.example', "z, y", "acme.example", ""),
        ("a(b)@(c)acme.example", "a", "acme.example", "b c"),
    ],
)
def test_one_mailbox(value: str, local: str, domain: str, display: str) -> None:
    parsed = parse_addresses(value)
    assert [(b.local, b.domain, b.display) for b in parsed.mailboxes] == [(local, domain, display)]
    assert parsed.problems == ()


def test_groups_and_several_mailboxes() -> None:
    parsed = parse_addresses('Team: a@x.test, B <b@y.test>; , "q, r" <c@x.test>')
    assert [(b.domain, b.group) for b in parsed.mailboxes] == [
        ("x.test", "Team"),
        ("y.test", "Team"),
        ("x.test", ""),
    ]
    assert parsed.domains == ("x.test", "y.test")


@pytest.mark.parametrize(
    "value",
    ["undisclosed-recipients:;", "Joe", "<>", "", "((((", "a@acme..example", "a@[192.0.2.1]", "a@-x-.test"],
)
def test_no_usable_domain_is_a_problem(value: str) -> None:
    parsed = parse_addresses(value)
    assert parsed.domains == ()
    assert parsed.problems


def test_two_at_signs_and_open_brackets_are_told() -> None:
    assert "two @" in parse_addresses("a@b@acme.example").problems[0]
    assert "not closed" in parse_addresses("Joe <a@acme.example").problems[0]


def test_domains_in_a_labels() -> None:
    assert domain_to_ascii("Bücher.Example") == "xn--bcher-kva.example"
    assert domain_to_ascii("x" * 64 + ".test") == ""
    assert address_domain("<a@Acme.Example>") == "acme.example"
    assert address_domain("") == ""


def test_encoded_words() -> None:
    assert decode_words("=?UTF-8?B?w6k=?= =?iso-8859-1?q?=E9?= x") == "éé x"
    assert decode_words("=?no-such?Q?x?=") == "=?no-such?Q?x?="


@pytest.mark.parametrize(
    "junk",
    ["(" * 10**6, "<" * 10**6, "@" * 10**6, "a@b.test," * 10**5, "g:" * 10**6],
    ids=["comments", "angles", "ats", "many", "groups"],
)
def test_hostile_values_take_bounded_time(junk: str) -> None:
    parse_addresses(junk)


@given(st.text(alphabet='ab<>(),:;@."\\[]= ?é', max_size=120))
def test_nothing_raises(text: str) -> None:
    for box in parse_addresses(text).mailboxes:
        assert box.domain == box.domain.lower()


def test_an_address_as_the_display_name_is_kept_and_told() -> None:
    found = parse_addresses("service@bank.test <eve@evil.test>")
    (box,) = found.mailboxes
    assert (box.display, box.domain) == ("service@bank.test", "evil.test")
    assert "an @ without quotes" in found.problems[0]
    assert not parse_addresses('"service@bank.test" <eve@evil.test>').problems
    assert "'<' appears twice" in parse_addresses("Ann <<ann@acme.example>>").problems[0]


@pytest.mark.parametrize(
    ("value", "local"),
    [
        ("Ann > Co <ann@acme.example>", "ann"),
        ('"Ann> Co" <ann@acme.example>', "ann"),
        ('Ann "Co <ann@acme.example>', "ann"),
        ("Ann (Co <ann@acme.example>", "ann"),
        ("Ann <Co <ann@acme.example>", "ann"),
        ('"Ann" <ann@acme.example>"', "ann"),
        ("Ann <ann@acme.example>>", "ann"),
        ('Ann <"ann co"@acme.example>', "ann co"),
        ("Ann <ann@acme.example> <eve@evil.example>", "ann"),
    ],
)
def test_stray_marks_do_not_cost_the_address(value: str, local: str) -> None:
    (box,) = parse_addresses(value).mailboxes
    assert (box.local, box.domain) == (local, "acme.example")


@pytest.mark.parametrize(
    ("text", "local", "domain", "display"),
    [
        ("Ann Lee ann@acme.example", "ann", "acme.example", "Ann Lee"),
        ("ann@acme.example Ann", "ann", "acme.example", "Ann"),
        ("Lee <ann@acme.example Ann>", "ann", "acme.example", "Lee"),
    ],
)
def test_words_beside_an_address_are_no_part_of_it(text: str, local: str, domain: str, display: str) -> None:
    parsed = parse_addresses(text)
    (mailbox,) = parsed.mailboxes
    assert (mailbox.local, mailbox.domain, mailbox.display) == (local, domain, display)
    assert "words are beside the address" in parsed.problems[0]


@pytest.mark.parametrize(
    "text", ["ann . lee @ acme . example", '"ann".lee@acme.example', "ann(x)@acme.example"]
)
def test_spaces_around_dots_are_allowed(text: str) -> None:
    parsed = parse_addresses(text)
    assert (parsed.mailboxes[0].domain, parsed.problems) == ("acme.example", ())
