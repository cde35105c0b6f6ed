"""Mail hosts: addresses, aliases, PTR and forward confirmation, null and implicit MX."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from mailproof.facts.mx import collect_address, collect_mx, collect_sending_hosts
from mailproof.facts.zones import collect_zone
from mailproof.model import Status
from tests.support.resolvers import FailingResolver, zone

HEAD = "$ORIGIN acme.example.\n"


def ptr(address: str, name: str) -> str:
    return f"{ip_address(address).reverse_pointer}. IN PTR {name}.\n"


async def test_hosts_in_order_with_addresses_and_confirmation() -> None:
    text = (
        HEAD + "@ IN MX 20 b\n@ IN MX 10 a\na IN A 192.0.2.1\na IN AAAA 2001:db8::1\nb IN A 192.0.2.2\n"
        "old IN A 192.0.2.9\n"
        + ptr("192.0.2.1", "a.acme.example")
        + ptr("2001:db8::1", "a.acme.example")
        + ptr("192.0.2.2", "old.acme.example")
    )
    lookup, hosts = await collect_mx("acme.example", zone(text))
    assert lookup.found
    assert [(host.preference, host.host) for host in hosts] == [
        (10, "a.acme.example"),
        (20, "b.acme.example"),
    ]
    assert [(one.address, one.confirmed) for one in hosts[0].addresses] == [
        ("192.0.2.1", True),
        ("2001:db8::1", True),
    ]
    assert [one.confirmed for one in hosts[1].addresses] == [False]


async def test_null_mx_asks_nothing_more() -> None:
    resolver = FailingResolver(zone(HEAD + "@ IN MX 0 .\n"), {})
    _, hosts = await collect_mx("acme.example", resolver)
    assert [host.host for host in hosts] == ["."]
    assert resolver.asked == [("acme.example", "MX")]


async def test_implicit_mx_and_none_at_all() -> None:
    _, (host,) = await collect_mx("acme.example", zone(HEAD + "@ IN A 192.0.2.1\n"))
    assert host.implicit
    assert host.addresses[0].address == "192.0.2.1"
    lookup, hosts = await collect_mx("gone.example", zone(HEAD + "@ IN A 192.0.2.1\n"))
    assert (lookup.status, hosts) == ("nxdomain", ())


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_mx_look_up_is_not_an_implicit_mx(status: Status) -> None:
    failing = FailingResolver(zone(HEAD + "@ IN A 192.0.2.1\n"), {("acme.example", "MX"): status})
    lookup, hosts = await collect_mx("acme.example", failing)
    assert (lookup.status, hosts) == (status, ())


async def test_alias_and_address_literal() -> None:
    text = HEAD + "@ IN MX 10 m\n@ IN MX 20 192.0.2.7.\nm IN CNAME mx.esp.test.\n"
    text += "$ORIGIN esp.test.\nmx IN A 192.0.2.8\n"
    _, hosts = await collect_mx("acme.example", zone(text))
    assert hosts[0].cname == ("mx.esp.test",)
    assert [one.address for one in hosts[0].addresses] == ["192.0.2.8"]
    assert (hosts[1].host, hosts[1].a) == ("192.0.2.7", None)


async def test_hosts_and_addresses_are_bounded() -> None:
    lines = "".join(f"@ IN MX 10 h{i}\nh{i} IN A 192.0.2.{i}\n" for i in range(60))
    lines += "".join(f"h0 IN A 198.51.100.{i}\n" for i in range(60))
    lookup, hosts = await collect_mx("acme.example", zone(HEAD + lines))
    assert len(lookup.records) == 60
    assert len(hosts) == 20
    assert max(len(host.addresses) for host in hosts) == 10


@pytest.mark.parametrize("status", ["servfail", "timeout"])
async def test_ptr_failures_are_unknown(status: Status) -> None:
    text = HEAD + "m IN A 192.0.2.1\n" + ptr("192.0.2.1", "m.acme.example")
    dead_ptr = FailingResolver(zone(text), {("1.2.0.192.in-addr.arpa", "PTR"): status})
    assert (await collect_address("192.0.2.1", dead_ptr)).confirmed is None
    dead_forward = FailingResolver(zone(text), {("m.acme.example", "A"): status})
    assert (await collect_address("192.0.2.1", dead_forward)).confirmed is None
    assert (await collect_address("192.0.2.1", zone(text))).confirmed is True
    assert (await collect_address("192.0.2.2", zone(text))).confirmed is False


async def test_sending_hosts_have_ptr_and_spf() -> None:
    text = (
        HEAD + '@ IN TXT "v=spf1 ip4:192.0.2.1 -all"\nm IN A 192.0.2.1\n' + ptr("192.0.2.1", "m.acme.example")
    )
    hosts = await collect_sending_hosts(("192.0.2.1", "192.0.2.1", "192.0.2.2"), "acme.example", zone(text))
    assert [(host.address.address, host.spf_result) for host in hosts] == [
        ("192.0.2.1", "pass"),
        ("192.0.2.2", "fail"),
    ]
    assert [host.address.confirmed for host in hosts] == [True, False]


async def test_a_plain_name_of_a_zone_has_its_parents_asked() -> None:
    text = HEAD + "@ IN SOA ns h 1 2 3 4 5\n@ IN NS ns\na.b IN A 192.0.2.1\n"
    resolver = FailingResolver(zone(text), {})
    soa, ns = await collect_zone("a.b.acme.example", resolver)
    assert (soa.status, ns.status) == ("nodata", "nodata")
    assert [name for name, rrtype in resolver.asked if rrtype == "SOA"] == [
        "a.b.acme.example",
        "b.acme.example",
        "acme.example",
    ]
