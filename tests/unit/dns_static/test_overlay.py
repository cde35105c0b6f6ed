"""A zone over other DNS: its boundaries, and chains across them."""

from __future__ import annotations

import pytest

from mailproof.dns import Answer, OverlayResolver, ZoneResolver
from mailproof.dns.text import record_text
from tests.support.places import place
from tests.support.resolvers import FailingResolver

OVER = """\
@ 300 SOA ns h 1 2 3 4 60
@ 300 TXT "v=spf1 include:esp.example -all"
out 300 CNAME there.esp.example.
back 300 CNAME pingpong.esp.example.
ring 300 CNAME ring.esp.example.
target 300 A 192.0.2.7
sub 300 NS ns.other.test.
down 300 CNAME www.sub
d 300 DNAME sub
ghost 300 CNAME none.esp.example.
"""

UNDER = """\
$ORIGIN esp.example.
@ 60 TXT "v=spf1 ip4:192.0.2.0/24 -all"
there 60 A 192.0.2.1
in 60 CNAME target.acme.example.
pingpong 60 CNAME target.acme.example.
ring 60 CNAME ring.acme.example.
chained 60 CNAME gone.acme.example.
fails 60 A 192.0.2.2
$ORIGIN acme.example.
@ 60 TXT "v=spf1 +all"
only.under 60 TXT "hidden"
target 60 A 203.0.113.66
gone 60 A 203.0.113.67
www.sub 60 A 192.0.2.80
"""


@pytest.fixture(scope="module")
def layered() -> OverlayResolver:
    over = ZoneResolver.from_text(OVER, origin="acme.example", file="acme.zone")
    under = ZoneResolver.from_text(UNDER, file="live")
    return OverlayResolver(over, FailingResolver(under, {("fails.esp.example", "A"): "timeout"}))


def texts(answer: Answer) -> list[str]:
    return [record_text(record) for record in answer.records]


@pytest.mark.parametrize(
    ("name", "rrtype", "expected", "chain"),
    [
        ("acme.example", "TXT", ["v=spf1 include:esp.example -all"], ()),
        ("esp.example", "TXT", ["v=spf1 ip4:192.0.2.0/24 -all"], ()),
        ("out.acme.example", "A", ["192.0.2.1"], ("there.esp.example",)),
        ("in.esp.example", "A", ["192.0.2.7"], ("target.acme.example",)),
        ("back.acme.example", "A", ["192.0.2.7"], ("pingpong.esp.example", "target.acme.example")),
        ("www.sub.acme.example", "A", ["192.0.2.80"], ()),
        ("down.acme.example", "A", ["192.0.2.80"], ("www.sub.acme.example",)),
        ("www.d.acme.example", "A", ["192.0.2.80"], ("www.sub.acme.example",)),
        ("out.acme.example", "CNAME", ["there.esp.example"], ()),
    ],
)
async def test_each_name_from_its_own_side(
    layered: OverlayResolver, name: str, rrtype: str, expected: list[str], chain: tuple[str, ...]
) -> None:
    answer = await layered.query(name.upper() + ".", rrtype.lower())
    assert (answer.name, answer.rrtype, answer.status) == (name, rrtype, "ok")
    assert (texts(answer), answer.chain) == (expected, chain)


async def test_what_the_zone_lacks_does_not_exist(layered: OverlayResolver) -> None:
    assert (await layered.query("only.under.acme.example", "TXT")).status == "nxdomain"
    answer = await layered.query("chained.esp.example", "A")
    assert (answer.status, answer.chain) == ("nxdomain", ("gone.acme.example",))
    answer = await layered.query("ghost.acme.example", "A")
    assert (answer.status, answer.chain) == ("nxdomain", ("none.esp.example",))


async def test_servers_and_ttl_of_a_chain_over_the_border(layered: OverlayResolver) -> None:
    answer = await layered.query("out.acme.example", "A")
    assert (answer.server, answer.ttl) == ("zone acme.zone, zone live", 60)


async def test_a_circle_over_the_border(layered: OverlayResolver) -> None:
    answer = await layered.query("ring.acme.example", "A")
    assert (answer.status, answer.records) == ("servfail", ())


async def test_a_failure_below_stays_a_failure(layered: OverlayResolver) -> None:
    assert (await layered.query("fails.esp.example", "A")).status == "timeout"


async def test_the_first_overlay_wins() -> None:
    first = ZoneResolver.from_text("@ TXT first\n", origin="acme.example")
    second = ZoneResolver.from_text("@ TXT second\n", origin="acme.example")
    third = ZoneResolver.from_text("@ TXT third\n", origin="esp.example")
    layered = OverlayResolver(first, second, third, ZoneResolver.from_text(""))
    assert texts(await layered.query("acme.example", "TXT")) == ["first"]
    assert texts(await layered.query("esp.example", "TXT")) == ["third"]
    assert layered.covers("x.esp.example")
    assert not layered.covers("else.test")


def test_positions_are_those_of_the_zone(layered: OverlayResolver) -> None:
    text = "v=spf1 include:esp.example -all"
    assert place(layered.position("acme.example", "TXT", text)) == ("acme.zone", 2)
    assert layered.position("acme.example", "TXT", "other") is None


def test_the_weakest_part_of_a_chain_decides_its_safety() -> None:
    class Fixed:
        def __init__(self, answer: Answer) -> None:
            self.answer = answer

        async def query(self, name: str, rrtype: str) -> Answer:
            return self.answer

    over = ZoneResolver.from_text("@ CNAME esp.example.\n", origin="acme.example")
    signed = Answer("esp.example", "TXT", "nodata", secure="yes", ttl=5, elapsed_ms=7.0)
    import asyncio

    answer = asyncio.run(OverlayResolver(over, Fixed(signed)).query("acme.example", "TXT"))
    assert (answer.secure, answer.elapsed_ms, answer.ttl) == ("unknown", 7.0, 5)


def test_what_cannot_lie_over_another() -> None:
    bare = FailingResolver(ZoneResolver.from_text(""), {})
    with pytest.raises(TypeError, match="covers"):
        OverlayResolver(bare, ZoneResolver.from_text(""))
    with pytest.raises(ValueError, match="at least one"):
        OverlayResolver()


async def test_what_is_published_elsewhere_is_unknown_without_live_dns() -> None:
    zone = ZoneResolver.from_text("@ TXT x\nout CNAME host.esp.example.\n", origin="acme.example")
    layered = zone
    assert (await layered.query("acme.example", "TXT")).status == "ok"
    assert (await layered.query("gone.acme.example", "TXT")).status == "nxdomain"
    answer = await layered.query("_spf.ESP.example.", "txt")
    assert (answer.name, answer.rrtype, answer.status) == ("_spf.esp.example", "TXT", "unasked")
    answer = await layered.query("out.acme.example", "A")
    assert (answer.status, answer.chain) == ("unasked", ("host.esp.example",))


def test_resolvers_are_there_by_name() -> None:
    import mailproof.dns

    for name in mailproof.dns.__all__:
        assert getattr(mailproof.dns, name).__name__ == name
    with pytest.raises(AttributeError, match="BananaResolver"):
        _ = mailproof.dns.BananaResolver
