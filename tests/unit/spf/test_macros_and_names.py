"""The macros of RFC 7208 section 7.4, the resulting names, and valid domains to check (section 4.3)."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

import mailproof
from mailproof.auth.spf_macros import Client, expand, target_name
from tests.support.resolvers import zone

FOUR, SIX = (
    Client(ip_address(ip), "strong-bad", "email.example.com", "mx.example.com", "receiver.example")
    for ip in ("192.0.2.3", "2001:db8::cb01")
)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ("%{h}", "mx.example.com"),
        ("%{p}", "unknown"),
        ("%%a%_b%-c", "%a b%20c"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%{L-}", "strong.bad"),
        ("%{x}", None),
        ("%{d0}", None),
        ("%{d", None),
        ("%d", None),
        ("%{c}", None),  # c, r and t are only for explanations
    ],
)
def test_the_examples_of_the_rfc(text: str, expanded: str | None) -> None:
    assert expand(text, FOUR.values("email.example.com")) == expanded


def test_of_an_ipv6_client() -> None:
    values = SIX.values("email.example.com")
    nibbles = "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    found = expand("%{ir}.%{v}._spf.%{d2}", values)
    assert found is not None
    assert found.lower() == f"{nibbles}.ip6._spf.example.com"
    assert expand("%{c} %{r}", values, explanation=True) == "2001:db8::cb01 receiver.example"


LONG = ".".join(["a" * 60] * 5)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mail.Acme.Example.", "mail.acme.example"),
        ("a..b.example", None),
        ("", None),
        (".", None),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("a" * 64 + ".example", None),
        ("ä.example", None),
        # Over 253 characters the labels on the left are dropped (section 7.3).
        (LONG, ".".join(["a" * 60] * 4)),
        (
            "xx." + "a" * 60 + "." + ".".join(["b" * 61] * 3) + ".cccc",
            "a" * 60 + "." + ".".join(["b" * 61] * 3) + ".cccc",
        ),
        (
            "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 61,
            "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 61,
        ),
    ],
)
def test_a_name_to_ask_for(text: str, name: str | None) -> None:
    assert target_name(text) == name


@pytest.mark.parametrize(
    ("sender", "result", "words"),
    [
        ("x@acme.example", "pass", ""),
        ("<x@ACME.example.>", "pass", ""),
        ("acme.example", "pass", ""),
        ("x@", "none", "there is no domain to check"),
        ("x@[192.0.2.1]", "none", "is an address, not a domain"),
        ("x@192.0.2.1", "none", "is an address, not a domain"),
        ("x@localhost", "none", "is not a fully qualified domain name"),
        ("x@a..example", "none", "is not a domain name"),
        ("x@" + "a" * 64 + ".example", "none", "is not a domain name"),
        ("x@" + "a" * 63 + ".example", "none", "has no SPF record"),
        ("x@" + LONG, "none", "is not a domain name"),
    ],
)
def test_the_domain_to_judge(sender: str, result: str, words: str) -> None:
    world = zone('acme.example. IN TXT "v=spf1 ip4:192.0.2.1 -all"\n')
    found = mailproof.check_host("192.0.2.1", sender, "h.example", resolver=world)
    assert (found.result, words in found.reason) == (result, True)


def test_without_a_sender_the_helo_name_is_judged() -> None:
    world = zone('h.example. IN TXT "v=spf1 exists:%{l}.%{o} -all"\npostmaster.h.example. IN A 127.0.0.2\n')
    found = mailproof.check_host("192.0.2.1", "", "h.example", resolver=world)
    assert (found.result, found.domain, found.scope) == ("pass", "h.example", "helo")
    assert mailproof.check_host("192.0.2.1", "<>", "h.example", resolver=world).scope == "helo"
    assert mailproof.check_host("192.0.2.1", "x@h.example", "h.example", resolver=world).scope == "mfrom"


@pytest.mark.parametrize(
    ("record", "lookups", "voids"),
    [
        ("ip4:192.0.2.9 -all", 0, 0),
        ("a:gone.acme.example -all", 1, 1),
        ("mx:gone.acme.example -all", 1, 1),
        ("exists:gone.acme.example -all", 1, 1),
        ("include:gone.acme.example -all", 1, 1),
        ("redirect=gone.acme.example", 1, 1),
        ("a:gone1.acme.example a:gone2.acme.example -all", 2, 2),
        ("a:gone1.acme.example a:gone2.acme.example a:gone3.acme.example -all", 3, 3),
        ("ptr -all", 1, 1),
    ],
)
def test_what_is_counted(record: str, lookups: int, voids: int) -> None:
    world = zone(f'acme.example. IN TXT "v=spf1 {record}"\n')
    found = mailproof.check_host("192.0.2.1", "x@acme.example", "h.example", resolver=world)
    assert (found.lookups, found.void_lookups) == (lookups, voids)
    assert (found.result == "permerror") is (voids > 2 or "include" in record or "redirect" in record)


def test_ten_look_ups_are_allowed_and_no_more() -> None:
    world = 'x.acme.example. IN A 192.0.2.8\nacme.example. IN TXT "v=spf1 {} ip4:192.0.2.1 -all"\n'
    for count, result in ((10, "pass"), (11, "permerror")):
        resolver = zone(world.format("a:x.acme.example " * count))
        assert mailproof.check_host("192.0.2.1", "x@acme.example", "h", resolver=resolver).result == result


@pytest.mark.parametrize(("hosts", "result"), [(10, "pass"), (11, "permerror")])
def test_ten_mail_hosts_are_allowed_and_no_more(hosts: int, result: str) -> None:
    lines = "".join(
        f"acme.example. IN MX {n} m{n}.acme.example.\nm{n}.acme.example. IN A 192.0.2.{n}\n"
        for n in range(1, hosts + 1)
    )
    world = zone(lines + 'acme.example. IN TXT "v=spf1 mx -all"\n')
    assert mailproof.check_host("192.0.2.1", "x@acme.example", "h", resolver=world).result == result
