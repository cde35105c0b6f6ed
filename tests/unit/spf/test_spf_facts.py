"""The SPF tree: counts, voids, loops, failures, bounds, and duration."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mailproof.dns import Answer, MemoResolver
from mailproof.facts.spf import collect_spf
from mailproof.facts.spf_fetch import MAX_ADDRESS_TERMS, MAX_NODES
from mailproof.model import SpfNode, Status
from tests.support.clock import timed
from tests.support.resolvers import FailingResolver, zone

WORLD = """
$ORIGIN acme.example.
@ 60 IN TXT "v=spf1 mx a include:esp.example exists:%{i}.x.example include:%{d}.s.example redirect=r.example"
@ 60 IN TXT "verification=1"
@ 60 IN MX 10 mail
mail 60 IN A 192.0.2.1
mail 60 IN AAAA 2001:db8::1
$ORIGIN esp.example.
@ 60 IN TXT "v=spf1 a:gone.esp.example ip4:192.0.2.9/24 ptr -all a:never.example"
"""


def nodes(node: SpfNode) -> Iterator[SpfNode]:
    yield node
    for cost in node.costs:
        if cost.child is not None:
            yield from nodes(cost.child)


async def test_the_running_counts() -> None:
    facts = await collect_spf("acme.example", zone(WORLD))
    rows = [(c.term.text, c.lookups_before, c.lookups_after, c.voids_after) for c in facts.root.costs]
    assert rows == [
        ("mx", 0, 1, 0),
        ("a", 1, 2, 1),
        ("include:esp.example", 2, 5, 2),
        ("exists:%{i}.x.example", 5, 6, 2),
        ("include:%{d}.s.example", 6, 7, 3),
        ("redirect=r.example", 7, 8, 4),
    ]
    assert facts.lookup_count == 8
    assert [f"{v.rrtype} {v.name}" for v in facts.void_lookups] == [
        "A acme.example",
        "A gone.esp.example",
        "TXT acme.example.s.example",
        "TXT r.example",
    ]
    assert facts.unknown == ()
    assert facts.other_txt == ("verification=1",)


async def test_networks_and_what_stands_behind_all() -> None:
    facts = await collect_spf("acme.example", zone(WORLD))
    assert facts.root.costs[0].networks == ("192.0.2.1/32", "2001:db8::1/128")
    esp = facts.root.costs[2].child
    assert esp is not None
    assert (esp.domain, esp.depth, esp.status) == ("esp.example", 1, "ok")
    assert [c.networks for c in esp.costs] == [(), ("192.0.2.0/24",), (), (), ()]
    assert esp.costs[-1].term.text == "a:never.example"
    assert esp.costs[-1].lookups == ()


async def test_prefix_lengths_of_names() -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 a/24//64 -all"\n'
    world += "@ 60 IN A 192.0.2.9\n@ 60 IN AAAA 2001:db8::9\n"
    facts = await collect_spf("acme.example", zone(world))
    assert facts.root.costs[0].networks == ("192.0.2.0/24", "2001:db8::/64")


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failure_is_unknown_never_missing(status: Status) -> None:
    failures = {("acme.example", "TXT"): status}
    facts = await collect_spf("acme.example", FailingResolver(zone(WORLD), failures))
    assert facts.root.status == "unknown"
    assert [lookup.status for lookup in facts.unknown] == [status]

    failures = {
        ("esp.example", "TXT"): status,
        ("mail.acme.example", "A"): status,
        ("r.example", "TXT"): status,
    }
    facts = await collect_spf("acme.example", FailingResolver(zone(WORLD), failures))
    assert facts.root.status == "ok"
    assert [f"{v.rrtype} {v.name}" for v in facts.unknown] == [
        "A mail.acme.example",
        "TXT esp.example",
        "TXT r.example",
    ]
    assert [child.status for child in nodes(facts.root)] == ["ok", "unknown", "none", "unknown"]
    assert all(lookup.absent for lookup in facts.void_lookups)


@pytest.mark.parametrize(
    ("zone_text", "status"),
    [
        ("", "none"),
        ('$ORIGIN acme.example.\n@ 60 IN TXT "other"\n', "none"),
        ("$ORIGIN acme.example.\n@ 60 IN A 192.0.2.1\n", "none"),
        ('$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 -all"\n@ 60 IN TXT "V=SPF1 mx"\n', "multiple"),
        ('$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 moo -all"\n', "syntax"),
    ],
)
async def test_status_of_the_root(zone_text: str, status: str) -> None:
    facts = await collect_spf("acme.example", zone(zone_text))
    assert facts.root.status == status
    assert facts.root.reason
    assert (facts.root.record is not None) is (status == "syntax")


async def test_an_alias_names_its_target() -> None:
    facts = await collect_spf("acme.example", zone("$ORIGIN acme.example.\n@ 60 CNAME gone.acme.example.\n"))
    assert facts.root.reason == "acme.example is an alias of gone.acme.example, which does not exist"


async def test_a_broken_record_is_still_counted() -> None:
    world = WORLD.replace("v=spf1 mx a", "v=spf1 moo mx a")
    facts = await collect_spf("acme.example", zone(world))
    assert (facts.root.status, facts.lookup_count) == ("syntax", 8)


async def test_loops_end() -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 include:b.example -all"\n'
    world += '$ORIGIN b.example.\n@ 60 IN TXT "v=spf1 redirect=ACME.example"\n'
    facts = await collect_spf("acme.example", zone(world))
    tree = list(nodes(facts.root))
    assert [(n.domain, n.status) for n in tree] == [
        ("acme.example", "ok"),
        ("b.example", "ok"),
        ("acme.example", "loop"),
    ]
    assert tree[-1].reason == "acme.example -> b.example -> acme.example"
    assert facts.lookup_count == 2


async def test_the_same_include_twice_costs_twice_and_is_no_loop() -> None:
    world = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 include:b.example include:c.example -all"\n'
    world += '$ORIGIN b.example.\n@ 60 IN TXT "v=spf1 include:c.example -all"\n'
    world += '$ORIGIN c.example.\n@ 60 IN TXT "v=spf1 a:c.example -all"\n@ 60 IN A 192.0.2.1\n'
    facts = await collect_spf("acme.example", zone(world))
    assert [n.status for n in nodes(facts.root)] == ["ok"] * 4
    assert facts.lookup_count == 5


async def test_macros_about_the_client_are_counted_and_not_followed() -> None:
    world = (
        '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 include:%{i}.b.example a:%{h} redirect=%{l}.c.example"\n'
    )
    facts = await collect_spf("acme.example", zone(world))
    assert facts.lookup_count == 3
    assert [cost.child.status for cost in facts.root.costs if cost.child] == ["macro", "macro"]
    assert facts.void_lookups == ()


async def test_more_than_ten_mx_hosts_are_not_looked_up() -> None:
    hosts = "".join(f"@ 60 IN MX {i} m{i}\n" for i in range(11))
    counting = Counting(zone(f'$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 mx -all"\n{hosts}'))
    facts = await collect_spf("acme.example", counting)
    assert not [kind for _, kind in counting.asked if kind in ("A", "AAAA")]
    assert len(facts.root.costs[0].lookups[0].records) == 11


class Counting:
    """Answers as ``inner`` does after a delay, and records the queries."""

    def __init__(self, inner: object, delay: float = 0.0) -> None:
        self.inner, self.delay = inner, delay
        self.asked: list[tuple[str, str]] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        self.asked.append((name, rrtype))
        await asyncio.sleep(self.delay)
        return await self.inner.query(name, rrtype)  # type: ignore[attr-defined, no-any-return] # any resolver


def test_it_takes_the_longest_chain() -> None:
    world = "".join(
        f'$ORIGIN d{n}.example.\n@ 60 IN TXT "v=spf1 mx a:h.d{n}.example include:d{n + 1}.example -all"\n'
        f"@ 60 IN MX 10 h\nh 60 IN A 192.0.2.{n}\n"
        for n in range(4)
    )
    world += '$ORIGIN d4.example.\n@ 60 IN TXT "v=spf1 -all"\n'
    counting = Counting(zone(world), 0.02)
    facts, took = timed(collect_spf("d0.example", MemoResolver(counting)))
    assert facts.lookup_count == 12
    assert round(took, 6) == 5 * 0.02  # five TXT in sequence; everything else concurrently
    assert len(counting.asked) == len(set(counting.asked))


async def test_a_fan_of_includes_is_bounded() -> None:
    fan = " ".join(f"include:s{i}.example" for i in range(12))
    world = "".join(f'$ORIGIN s{i}.example.\n@ 60 IN TXT "v=spf1 {fan}"\n' for i in range(12))
    facts = await collect_spf("s0.example", zone(world))
    tree = list(nodes(facts.root))
    assert sum(node.lookup is not None for node in tree) <= MAX_NODES
    assert {node.status for node in tree} == {"ok", "loop", "limit"}
    assert facts.lookup_count > 100


async def test_a_long_chain_is_bounded() -> None:
    world = "".join(
        f'$ORIGIN s{i}.example.\n@ 60 IN TXT "v=spf1 include:s{i + 1}.example"\n' for i in range(40)
    )
    facts = await collect_spf("s0.example", zone(world))
    tree = list(nodes(facts.root))
    assert max(node.depth for node in tree) <= 21
    assert tree[-1].status == "limit"


async def test_many_address_terms_are_bounded() -> None:
    terms = " ".join(f"a:h{i}.acme.example" for i in range(600))
    chunks = " ".join(f'"{terms[i : i + 200]}"' for i in range(0, len(terms), 200))
    counting = Counting(zone(f'$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 " {chunks}\n'))
    facts = await collect_spf("acme.example", counting)
    assert facts.lookup_count == 600
    addresses = [question for question in counting.asked if question[1] in ("A", "AAAA")]
    assert len(addresses) == 2 * MAX_ADDRESS_TERMS


async def test_nothing_is_left_running_when_it_is_cut_off() -> None:
    before = asyncio.all_tasks()
    task = asyncio.ensure_future(collect_spf("acme.example", Counting(zone(WORLD), 5)))
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert asyncio.all_tasks() == before
