"""Names that point to addresses we must not connect to: every kind of connection refuses them alike."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from ipaddress import ip_address

import pytest

from mailproof.dns.live.direct import DirectAnswer
from mailproof.dns.zonefile import ZoneResolver
from mailproof.facts.authoritative import collect_authority
from mailproof.facts.delegation import collect_delegation
from mailproof.facts.http import fetch
from mailproof.facts.transport import collect_transport
from mailproof.facts.transport_options import TransportOptions
from mailproof.mail.connect import Trouble, addresses_of, public_only
from mailproof.records.refusal import refusal
from tests.support.networks import ANYWHERE, LABORATORY
from tests.support.resolvers import zone

#: An address, and a word of the reason.
REFUSED = [
    ("0.0.0.0", "this network"),
    ("10.1.2.3", "private"),
    ("100.64.0.1", "carrier-grade"),
    ("127.0.0.1", "loopback"),
    ("169.254.169.254", "link-local"),
    ("172.31.255.255", "private"),
    ("192.0.0.8", "IETF"),
    ("192.0.2.1", "documentation"),
    ("192.31.196.1", "AS112"),
    ("192.52.193.1", "multicast tunnels"),
    ("192.88.99.1", "6to4 relays"),
    ("192.168.0.1", "private"),
    ("192.175.48.1", "AS112"),
    ("198.18.0.1", "benchmarking"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.255", "documentation"),
    ("224.0.0.1", "multicast"),
    ("255.255.255.255", "reserved"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::7f00:1", "IPv4-compatible"),
    ("::808:808", "IPv4-compatible"),
    ("::ffff:127.0.0.1", "mapped"),
    ("::ffff:8.8.8.8", "mapped"),
    ("::ffff:0:808:808", "translated"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b::808:808", "NAT64"),
    ("64:ff9b:1:a00:0:100::", "NAT64"),
    ("64:ff9b:2::1", "2000::/3"),
    ("100::1", "discard"),
    ("100:0:0:1::1", "dummy"),
    ("400::1", "2000::/3"),
    ("2001::1", "Teredo"),
    ("2001:0:808:808:0:0:f5ff:fffe", "Teredo"),
    ("2001:2::1", "benchmarking"),
    ("2001:2:0:ffff::1", "benchmarking"),
    ("2001:20::1", "IETF"),
    ("2001:1ff::1", "IETF"),
    ("2001:db8:ffff::1", "documentation"),
    ("2002:808:808::1", "6to4"),
    ("2002:7f00:1::1", "6to4"),
    ("2620:4f:8000::1", "AS112"),
    ("3fff:fff::1", "documentation"),
    ("4000::1", "2000::/3"),
    ("5f00::1", "segment routing"),
    ("fc00::1", "unique local"),
    ("fdff::1", "unique local"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "zone"),
    ("2600::1%1", "zone"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("mail.acme.example", "not an address"),
    ("", "not an address"),
]
PUBLIC = ["8.8.8.8", "192.0.1.255", "192.88.98.255", "198.20.0.0", "223.255.255.255", "2600::1"]
PUBLIC += ["2001:200::1", "2001:db7:ffff::1", "2003::1", "3ffe::1", "3fff:1000::1"]


@pytest.mark.parametrize(("address", "word"), REFUSED)
def test_what_is_not_public_is_refused(address: str, word: str) -> None:
    assert word in refusal(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_not(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize("address", ["192.0.2.1", "198.18.0.1", "2001:db8::1", "3fff::1", "2001:2::1"])
def test_a_laboratory_can_be_allowed(address: str) -> None:
    assert refusal(address)
    assert refusal(address, LABORATORY) == ""
    assert refusal("10.0.0.1", LABORATORY)


@pytest.mark.parametrize(
    "address",
    ["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:808:808:0:0:f5ff:fffe", "::10.0.0.1"],
)
def test_an_address_that_holds_another_is_allowed_with_it_alone(address: str) -> None:
    outer = str(ip_address(address))
    assert refusal(address, (outer,))
    assert refusal(address, ("10.0.0.0/8",))
    assert refusal(address, (outer, "10.0.0.0/8")) == ""
    assert refusal(address, ANYWHERE) == ""


def test_networks_that_are_none_allow_nothing() -> None:
    assert refusal("10.0.0.1", ("nonsense", "10.0.0.0/33", "")) == "private (RFC 1918)"


@pytest.mark.parametrize(
    "host", [*(a for a, w in REFUSED if w != "not an address"), "[::1]", "2130706433", "127.1"]
)
async def test_a_host_that_is_an_address_is_refused_as_one_that_has_it(host: str) -> None:
    """``MX 0 127.0.0.1.`` is a name in the DNS."""
    with pytest.raises(Trouble, match="no address on the public Internet"):
        await addresses_of(host, 5.0, public_only())
    assert await addresses_of("[2600::1]", 5.0, public_only()) == ("2600::1",)


@dataclass
class Asked:
    """Replaces sockets to port 53 and records the destinations of queries."""

    addresses: list[str] = field(default_factory=list)

    async def ask(self, address: str, name: str, rrtype: str) -> DirectAnswer:
        self.addresses.append(address)
        raise AssertionError(f"{name} {rrtype} was to be asked at {address}")


def world(address: str) -> ZoneResolver:
    kind = "AAAA" if ":" in address else "A"
    return zone(
        "$ORIGIN acme.example.\n@ IN SOA ns hostmaster 1 2 3 4 5\n@ IN NS ns\n@ IN MX 10 mx\n"
        f"ns IN {kind} {address}\nmx IN {kind} {address}\nmta-sts IN {kind} {address}\n"
        f"$ORIGIN example.\n@ IN NS a\na IN {kind} {address}\n"
    )


@pytest.mark.parametrize("address", [a for a, w in REFUSED if w not in ("zone", "not an address")])
async def test_nothing_connects_there(address: str) -> None:
    resolver, asked, calls = world(address), Asked(), list[str]()

    def route(text: str, port: int) -> tuple[str, int]:
        calls.append(text)
        return "127.0.0.1", 9

    options = TransportOptions(route=route)
    transport, authority, delegation, policy, literal = await asyncio.gather(
        collect_transport("acme.example", resolver, options),
        collect_authority("acme.example", resolver, options, asker=asked),
        collect_delegation("acme.example", resolver, asked),
        fetch("https://mta-sts.acme.example/.well-known/mta-sts.txt", resolver, options),
        fetch(f"https://{f'[{address}]' if ':' in address else address}/logo.svg", resolver, options),
    )
    assert not calls
    assert not asked.addresses
    assert [each.state for each in transport.facts.connections] == ["skipped"]
    assert authority.servers[0].addresses[0].skipped
    assert delegation is None
    assert (policy.facts.kind, literal.facts.kind) == ("refused-address", "refused-address")
