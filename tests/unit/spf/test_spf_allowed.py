"""The addresses that a tree allows, and a shorter record proven to allow the same."""

from __future__ import annotations

import random
from ipaddress import ip_address, ip_network

import pytest

from mailproof.auth.spf import check_host
from mailproof.facts.spf import collect_spf
from mailproof.model import Status
from mailproof.records.address_set import EVERYTHING, AddressSet
from mailproof.records.spf.allowed import partition_of
from mailproof.records.spf.flatten import MOST_OCTETS, flatten
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone


def test_sets_against_single_addresses() -> None:
    rng = random.Random(7)

    def some() -> tuple[AddressSet, set[int]]:
        networks = [f"192.0.2.{rng.randrange(256)}/{rng.randrange(26, 33)}" for _ in range(rng.randrange(5))]
        plain = {int(ip) for text in networks for ip in ip_network(text, strict=False)}
        return AddressSet.of(networks), plain

    for _ in range(300):
        (one, plain_one), (two, plain_two) = some(), some()
        for made, plain in (
            (one | two, plain_one | plain_two),
            (one - two, plain_one - plain_two),
            (one & two, plain_one & plain_two),
        ):
            assert {int(ip) for text in made.networks for ip in ip_network(text)} == plain
            assert made.counts == (len(plain), 0)
        assert (one <= two) == (plain_one <= plain_two)


def test_both_families_and_everything() -> None:
    both = AddressSet.of(["2001:db8::/64", "192.0.2.0/25", "192.0.2.128/25", "no network"])
    assert both.networks == ("192.0.2.0/24", "2001:db8::/64")
    assert both.counts == (256, 2**64)
    assert not both - EVERYTHING
    assert EVERYTHING.counts == (2**32, 2**128)


@pytest.mark.parametrize(
    ("ranges", "fewest"),
    [
        (["192.0.2.128/25", "2001:db8::1", "192.0.2.0/25", "192.0.2.7"], ("192.0.2.0/24", "2001:db8::1/128")),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3"], ("192.0.2.1/32", "192.0.2.2/31")),
        (["0.0.0.0/1", "128.0.0.0/1", "::/0"], ("0.0.0.0/0", "::/0")),
        (["255.255.255.255", "ffff::/16"], ("255.255.255.255/32", "ffff::/16")),
        (["::ffff:192.0.2.1", "::1"], ("::1/128", f"{ip_network('::ffff:192.0.2.1')}")),
    ],
)
def test_the_fewest_ranges(ranges: list[str], fewest: tuple[str, ...]) -> None:
    assert AddressSet.of(ranges).networks == fewest


WORLD = """
$ORIGIN acme.example.
@ 60 IN TXT ( "v=spf1 -ip4:192.0.2.9 ip4:192.0.2.0/24 include:esp.example"
  " ~ip6:2001:db8::/32 redirect=rest.example" )
$ORIGIN esp.example.
@ 60 IN TXT "v=spf1 -ip4:198.51.100.7 ip4:198.51.100.0/24 a:out.esp.example ?all"
out 60 IN A 203.0.113.1
$ORIGIN rest.example.
@ 60 IN TXT "v=spf1 ip4:192.0.2.9 ip4:203.0.113.128/25 exists:%{i}.x.example -all"
"""


async def test_the_partition_says_what_check_host_says() -> None:
    facts = await collect_spf("acme.example", zone(WORLD))
    whole = partition_of(facts.root)
    words = {"pass": whole.passing, "fail": whole.of("-"), "softfail": whole.of("~")}
    rng = random.Random(3)
    nets = [ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
    ips = [str(net[rng.randrange(min(net.num_addresses, 999))]) for net in nets for _ in range(40)]
    for ip in ("192.0.2.9", "198.51.100.7", "203.0.113.1", "8.8.8.8", *ips):
        verdict = await check_host(ip, "x@acme.example", "h.example", resolver=zone(WORLD))
        length = ip_address(ip).max_prefixlen
        single = AddressSet.of([f"{ip}/{length}"])
        assert [word for word, held in words.items() if single <= held] == [verdict.result], ip
    assert whole.open_terms == ("exists:%{i}.x.example (in rest.example)",)
    assert facts.allowed is not None
    assert facts.allowed.ipv4 == 255 + 255 + 1 + 128
    assert facts.allowed.ipv6 == 0


async def test_what_is_unknown_is_open() -> None:
    failing = FailingResolver(zone(WORLD), {("esp.example", "TXT"): "timeout"})
    facts = await collect_spf("acme.example", failing)
    assert facts.allowed is not None
    assert "include:esp.example (in acme.example)" in facts.allowed.open_terms
    assert flatten(facts.root) is None


def world(includes: int, ranges: int, ending: str = "~all", first: str = "") -> str:
    names = " ".join(f"include:s{n}.esp.example" for n in range(includes))
    record = _strings(f"v=spf1 {first} {names} {ending}")
    lines = ["$ORIGIN acme.example.", f"@ 60 IN TXT {record}", "$ORIGIN esp.example."]
    for n in range(includes):
        own = " ".join(f"ip4:198.{51 + n}.{m}.0/26" for m in range(ranges))
        lines.append(f"s{n} 60 IN TXT {_strings(f'v=spf1 {own} -all')}")
    return "\n".join(lines)


@pytest.mark.parametrize(("includes", "ranges"), [(12, 1), (20, 2), (14, 12), (30, 1)])
async def test_flattened_records_give_the_same_results(includes: int, ranges: int) -> None:
    text = world(includes, ranges)
    facts = await collect_spf("acme.example", zone(text))
    made = flatten(facts.root)
    assert made is not None
    assert made.lookups <= 10
    assert all(len(record) <= MOST_OCTETS for _, record in made.records)
    new = "\n".join(f"{name}. 60 IN TXT {_strings(record)}" for name, record in made.records)
    esp = text[text.index("$ORIGIN esp.example.") :]
    after = await collect_spf("acme.example", zone(f"{new}\n{esp}"))
    assert after.lookup_count == made.lookups
    before, now = partition_of(facts.root), partition_of(after.root)
    assert [now.of(sign) for sign in ("+", "-", "~", "?")] == [
        before.of(sign) for sign in ("+", "-", "~", "?")
    ]
    assert now.open_terms == before.open_terms


async def test_more_than_can_be_written_is_no_advice() -> None:
    facts = await collect_spf("acme.example", zone(world(40, 30)))
    assert flatten(facts.root) is None


async def test_a_redirect_is_written_in_its_place_and_exp_is_kept() -> None:
    text = world(12, 1, ending="redirect=rest.example exp=why.acme.example").replace(
        "$ORIGIN esp",
        '$ORIGIN rest.example.\n@ 60 IN TXT "v=spf1 a -all"\n@ 60 IN A 203.0.113.7\n$ORIGIN esp',
    )
    facts = await collect_spf("acme.example", zone(text))
    made = flatten(facts.root)
    assert made is not None
    record = made.records[0][1]
    assert "redirect" not in record
    assert record.endswith("-all exp=why.acme.example")
    assert " ip4:203.0.113.7 " in record or " a:rest.example " in record


def _strings(record: str) -> str:
    return " ".join(f'"{record[i : i + 250]}"' for i in range(0, len(record), 250))


@pytest.mark.parametrize(
    ("rule", "question", "records"),
    [
        ("SPF034", ("esp.example", "TXT"), '@ 60 IN TXT "v=spf1 include:esp.example -all"'),
        ("SPF036", ("_spf.acme.example", "TXT"), "@ 60 IN A 192.0.2.1"),
        ("SPF037", ("acme.example", "SPF"), '@ 60 IN TXT "v=spf1 -all"'),
        (
            "SPF038",
            ("mail.acme.example", "TXT"),
            '@ 60 IN MX 10 mail\nmail 60 IN A 192.0.2.1\n@ 60 IN TXT "v=spf1 mx -all"',
        ),
    ],
)
@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_look_up_is_unknown(
    rule: str, question: tuple[str, str], records: str, status: Status
) -> None:
    world = FailingResolver(zone(f"$ORIGIN acme.example.\n{records}\n"), {question: status})
    report = await audit_async("acme.example", world, profile="sending")
    outcome = next(each for each in report.outcomes if each.check == rule)
    assert (outcome.status, outcome.findings) == ("unknown", ())
    assert question[0] in outcome.reason


async def test_hostile_trees_cost_no_time() -> None:
    signs = "+-~?"
    many = " ".join(f"{signs[i % 4]}ip4:198.{i // 250}.{i % 250}.1" for i in range(3000))
    facts = await collect_spf(
        "acme.example", zone(f"acme.example. 60 IN TXT {_strings(f'v=spf1 {many} -all')}")
    )
    assert facts.allowed is None
    assert flatten(facts.root) is None
    same = " ".join(f"ip4:198.{i // 250}.{i % 250}.1" for i in range(3000))
    facts = await collect_spf(
        "acme.example", zone(f"acme.example. 60 IN TXT {_strings(f'v=spf1 {same} -all')}")
    )
    assert facts.allowed is not None
    assert facts.allowed.ipv4 == facts.allowed.range_count == 3000
    assert len(facts.allowed.ranges) == 1000
