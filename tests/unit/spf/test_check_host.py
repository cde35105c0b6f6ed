"""check_host beyond the RFC's own suite: failures, counts, traces, hostile records, speed."""

from __future__ import annotations

import asyncio

import pytest

from mailproof.auth.spf import check_host
from mailproof.dns import Answer
from mailproof.errors import UsageError
from mailproof.model import SpfVerdict, Status
from tests.support.clock import timed
from tests.support.resolvers import FailingResolver, zone

WORLD = """
$ORIGIN acme.example.
@ 60 IN TXT "v=spf1 mx a:www.acme.example include:esp.example -all exp=why.acme.example"
@ 60 IN MX 10 mail
@ 60 IN MX 20 mail2
mail 60 IN A 192.0.2.25
mail2 60 IN AAAA 2001:db8::25
www 60 IN A 192.0.2.80
why 60 IN TXT "%{i} may not send for %{s}; see %{r}"
$ORIGIN esp.example.
@ 60 IN TXT "v=spf1 ip4:203.0.113.0/24 ?all"
"""


async def ask(
    ip: str, mail_from: str = "ann@acme.example", helo: str = "h.example", world: str = WORLD
) -> SpfVerdict:
    return await check_host(ip, mail_from, helo, resolver=zone(world), receiver="mx.test")


async def test_each_way_to_pass() -> None:
    assert (await ask("192.0.2.25")).matched == "mx"
    assert (await ask("2001:db8::25")).matched == "mx"
    assert (await ask("192.0.2.80")).matched == "a:www.acme.example"
    verdict = await ask("203.0.113.9")
    assert (verdict.result, verdict.matched, verdict.lookups) == ("pass", "include:esp.example", 3)


async def test_a_refusal_is_explained() -> None:
    verdict = await ask("198.51.100.1")
    assert verdict.result == "fail"
    assert verdict.matched == "-all"
    assert verdict.explanation == "198.51.100.1 may not send for ann@acme.example; see mx.test"


async def test_the_trace_names_every_term_with_its_place() -> None:
    verdict = await ask("203.0.113.9")
    steps = [(s.depth, s.domain, s.term, s.outcome, s.lookups_after) for s in verdict.trace]
    assert steps == [
        (0, "acme.example", "mx", "no match", 1),
        (0, "acme.example", "a:www.acme.example", "no match", 2),
        (0, "acme.example", "include:esp.example", "enter", 3),
        (1, "esp.example", "ip4:203.0.113.0/24", "match", 3),
        (0, "acme.example", "include:esp.example", "match", 3),
    ]
    text = "v=spf1 mx a:www.acme.example include:esp.example -all exp=why.acme.example"
    assert all(text[s.start : s.end] == s.term for s in verdict.trace if s.depth == 0)
    assert "192.0.2.25" in verdict.trace[0].detail
    assert "203.0.113.9 is in 203.0.113.0/24" in verdict.trace[3].detail


@pytest.mark.parametrize("null", ["", "<>", " <> "])
async def test_the_null_return_path_is_judged_by_helo(null: str) -> None:
    verdict = await ask("192.0.2.25", null, "acme.example")
    assert (verdict.result, verdict.scope, verdict.domain) == ("pass", "helo", "acme.example")
    assert (await ask("198.51.100.1", null, "acme.example")).explanation.startswith(
        "198.51.100.1 may not send for postmaster@acme.example"
    )


@pytest.mark.parametrize(
    "sender",
    [
        '"odd local@part"@acme.example',
        "<ann@acme.example>",
        "ann@ACME.example.",
        "acme.example",
        "@acme.example",
    ],
)
async def test_odd_senders(sender: str) -> None:
    verdict = await ask("192.0.2.25", sender)
    assert (verdict.result, verdict.domain, verdict.scope) == ("pass", "acme.example", "mfrom")


@pytest.mark.parametrize(
    "sender", ["ann@localhost", "ann@[192.0.2.1]", "ann@192.0.2.1", "ann@a..example", "ann@"]
)
async def test_what_is_no_domain_is_none(sender: str) -> None:
    verdict = await ask("192.0.2.25", sender)
    assert verdict.result == "none"
    assert verdict.reason


@pytest.mark.parametrize("ip", ["", "list", "192.0.2", "mail.acme.example"])
async def test_a_bad_address_is_one_clear_error(ip: str) -> None:
    with pytest.raises(UsageError, match="is not an IP address"):
        await ask(ip)


async def test_an_ipv4_mapped_client_is_ipv4() -> None:
    verdict = await ask("::ffff:192.0.2.25")
    assert (verdict.result, verdict.ip) == ("pass", "192.0.2.25")


async def test_an_international_domain_is_asked_for_in_a_labels() -> None:
    world = '$ORIGIN xn--bcher-kva.example.\n@ 60 IN TXT "v=spf1 ip4:192.0.2.1 -all"\n'
    verdict = await ask("192.0.2.1", "ann@b\u00fccher.example", world=world)
    assert (verdict.result, verdict.domain) == ("pass", "xn--bcher-kva.example")


async def test_an_international_local_part_matches_no_macro() -> None:
    world = (
        '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 exists:%{l}.u.acme.example -all"\n*.u 60 IN A 192.0.2.1\n'
    )
    assert (await ask("192.0.2.1", "ann@acme.example", world=world)).result == "pass"
    assert (await ask("192.0.2.1", "\u00e5sa@acme.example", world=world)).result == "fail"


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
@pytest.mark.parametrize(
    ("name", "rrtype"),
    [
        ("acme.example", "TXT"),
        ("acme.example", "MX"),
        ("mail.acme.example", "A"),
        ("www.acme.example", "A"),
        ("esp.example", "TXT"),
    ],
)
async def test_a_failing_look_up_is_temperror(name: str, rrtype: str, status: Status) -> None:
    resolver = FailingResolver(zone(WORLD), {(name, rrtype): status})
    verdict = await check_host("203.0.113.9", "ann@acme.example", "h.example", resolver=resolver)
    assert verdict.result == "temperror"
    assert f"{rrtype} {name}" in verdict.reason


async def test_a_failure_behind_the_match_changes_nothing() -> None:
    resolver = FailingResolver(zone(WORLD), {("esp.example", "TXT"): "servfail"})
    verdict = await check_host("192.0.2.25", "ann@acme.example", "h.example", resolver=resolver)
    assert (verdict.result, verdict.lookups) == ("pass", 1)


async def test_a_failing_explanation_is_left_out() -> None:
    resolver = FailingResolver(zone(WORLD), {("why.acme.example", "TXT"): "timeout"})
    verdict = await check_host("198.51.100.1", "ann@acme.example", "h.example", resolver=resolver)
    assert (verdict.result, verdict.explanation) == ("fail", "")


async def test_an_empty_aaaa_is_not_void_where_the_name_has_an_a() -> None:
    hosts = "".join(f"h{i} 60 IN A 192.0.2.{i}\n" for i in range(1, 5))
    world = (
        "$ORIGIN acme.example.\n"
        '@ 60 IN TXT "v=spf1 a:h1.acme.example a:h2.acme.example mx ip6:2001:db8::1 -all"\n'
        f"@ 60 IN MX 10 h3\n@ 60 IN MX 20 h4\n{hosts}"
    )
    six = await ask("2001:db8::1", world=world)
    assert (six.result, six.void_lookups) == ("pass", 0)
    assert (await ask("192.0.2.4", world=world)).result == "pass"


async def test_the_third_void_look_up_ends_it_and_all_are_named() -> None:
    record = "v=spf1 exists:a.acme.example a:b.acme.example mx:c.acme.example -all"
    world = f'$ORIGIN acme.example.\n@ 60 IN TXT "{record}"\n'
    verdict = await ask("192.0.2.1", world=world)
    assert (verdict.result, verdict.void_lookups) == ("permerror", 3)
    assert verdict.voids == ("A a.acme.example", "A b.acme.example", "MX c.acme.example")


async def test_two_void_look_ups_are_borne() -> None:
    record = "v=spf1 exists:a.acme.example a:b.acme.example ip4:192.0.2.1 -all"
    world = f'$ORIGIN acme.example.\n@ 60 IN TXT "{record}"\n'
    assert (await ask("192.0.2.1", world=world)).result == "pass"


async def test_an_include_that_times_out_is_not_one_without_a_record() -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 include:gone.example -all"\n'
    assert (await ask("192.0.2.1", world=world)).result == "permerror"
    resolver = FailingResolver(zone(world), {("gone.example", "TXT"): "timeout"})
    verdict = await check_host("192.0.2.1", "ann@acme.example", "h.example", resolver=resolver)
    assert verdict.result == "temperror"


@pytest.mark.parametrize("term", ["a:192.0.2.1", "mx\u00a0-all", "ip4:2001:db8::1"])
async def test_a_syntax_error_is_permerror_even_behind_a_match(term: str) -> None:
    encoded = "".join(
        char if char.isascii() else "".join(f"\\{b:03d}" for b in char.encode()) for char in term
    )
    world = f'$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 ip4:192.0.2.1 {encoded}"\n'
    verdict = await ask("192.0.2.1", world=world)
    assert verdict.result == "permerror"
    assert "syntax error" in verdict.reason


class Slow:
    """Answers as ``inner`` does, 20 ms later, and counts the queries."""

    def __init__(self, inner: object) -> None:
        self.inner = inner
        self.asked: list[tuple[str, str]] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        self.asked.append((name, rrtype))
        await asyncio.sleep(0.02)
        return await self.inner.query(name, rrtype)  # type: ignore[attr-defined, no-any-return] # any resolver


def test_what_is_needed_is_asked_together() -> None:
    lines = "".join(f'$ORIGIN s{i}.example.\n@ 60 IN TXT "v=spf1 ip4:203.0.113.{i}"\n' for i in range(9))
    includes = " ".join(f"include:s{i}.example" for i in range(9))
    slow = Slow(zone(f'$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 {includes} -all"\n{lines}'))
    verdict, took = timed(check_host("203.0.113.200", "ann@acme.example", "h.example", resolver=slow))
    assert (verdict.result, verdict.lookups) == ("fail", 9)
    assert round(took, 6) == 0.04  # two rounds of 20 ms, instead of ten if sequential
    assert len(slow.asked) == 10


async def test_a_hostile_record_cannot_make_us_ask_much() -> None:
    hosts = "".join(f"@ 60 IN MX {i} m{i}\nm{i} 60 IN A 198.51.100.{i}\n" for i in range(10))
    domains = "".join(f"$ORIGIN d{n}.example.\n{hosts}" for n in range(60))
    terms = " ".join(f"mx:d{n}.example" for n in range(60))
    chunks = " ".join(f'"{terms[i : i + 200]}"' for i in range(0, len(terms), 200))
    slow = Slow(zone(f'$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 " {chunks} " -all"\n{domains}'))
    verdict = await check_host("192.0.2.1", "ann@acme.example", "h.example", resolver=slow)
    assert verdict.result == "permerror"
    assert verdict.lookups == 11
    assert len(slow.asked) <= 1 + 10 + 100


async def test_includes_that_fan_out_are_bounded() -> None:
    fan = " ".join(f"include:s{i}.example" for i in range(12))
    world = "".join(f'$ORIGIN s{i}.example.\n@ 60 IN TXT "v=spf1 {fan}"\n' for i in range(12))
    slow = Slow(zone(world))
    verdict = await check_host("192.0.2.1", "ann@s0.example", "h.example", resolver=slow)
    assert verdict.result == "permerror"
    assert len(slow.asked) <= 12


async def test_nothing_is_left_running() -> None:
    before = asyncio.all_tasks()
    slow = Slow(zone(WORLD))
    await check_host("192.0.2.25", "ann@acme.example", "h.example", resolver=slow)
    assert asyncio.all_tasks() == before


async def test_ptr_and_the_p_macro() -> None:
    world = """
$ORIGIN acme.example.
@ 60 IN TXT "v=spf1 ptr:hosts.acme.example -all exp=why.acme.example"
why 60 IN TXT "you are %{p}"
one.hosts 60 IN A 192.0.2.1
other 60 IN A 192.0.2.2
$ORIGIN 2.0.192.in-addr.arpa.
1 60 IN PTR one.hosts.acme.example.
2 60 IN PTR other.acme.example.
3 60 IN PTR one.hosts.acme.example.
"""
    assert (await ask("192.0.2.1", world=world)).result == "pass"
    other = await ask("192.0.2.2", world=world)
    assert (other.result, other.explanation) == ("fail", "you are other.acme.example")
    liar = await ask("192.0.2.3", world=world)
    assert (liar.result, liar.explanation) == ("fail", "you are unknown")
    resolver = FailingResolver(zone(world), {("1.2.0.192.in-addr.arpa", "PTR"): "servfail"})
    verdict = await check_host("192.0.2.1", "ann@acme.example", "h.example", resolver=resolver)
    assert verdict.result == "fail"
