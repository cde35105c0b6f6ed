"""Address ranges."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from mailproof.errors import UsageError
from mailproof.records import networks
from mailproof.records.addresses import client_address
from mailproof.records.networks import contains, parse_network, unroutable


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("10.0.0.0/8", "private"),
        ("172.31.0.0/16", "private"),
        ("100.64.1.0/24", "carrier"),
        ("127.0.0.1", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("224.0.0.1", "multicast"),
        ("fc00::/8", "unique local"),
        ("fe80::1", "link-local"),
        ("::ffff:192.0.2.1", "IPv4-mapped"),
        ("::1", "loopback"),
    ],
)
def test_unroutable(text: str, word: str) -> None:
    assert word in unroutable(ip_network(text))


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.0/24",
        "198.51.100.7",
        "203.0.113.0/24",
        "2001:db8::/32",
        "8.0.0.0/8",
        "0.0.0.0/0",
        "172.0.0.0/8",
    ],
)
def test_routable_and_documentation(text: str) -> None:
    assert unroutable(ip_network(text)) == ""


def test_no_unroutable_range_overlaps_another() -> None:
    """Otherwise the last range that starts below an address might not be the one that contains it."""
    for lows, ranges in networks._ASCENDING.values():
        assert all(last < low for (last, _), low in zip(ranges, lows[1:], strict=False))


def test_families_never_meet() -> None:
    four, six = ip_network("0.0.0.0/0"), ip_network("::/0")
    assert not contains(four, six)
    assert not contains(six, four)
    assert contains(ip_network("192.0.2.0/24"), ip_network("192.0.2.9"))


def test_parse_network() -> None:
    assert str(parse_network("192.0.2.9/24")) == "192.0.2.0/24"
    assert parse_network("192.0.2.9/99") is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (" 192.0.2.1 ", "192.0.2.1"),
        ("[IPv6:2001:DB8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_client_address(text: str, plain: str) -> None:
    assert str(client_address(text)) == plain


@pytest.mark.parametrize(
    "text", ["", "list", "list6", "192.0.2", "192.0.2.1/24", "mail.acme.example", "1" * 10_000]
)
def test_no_address(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        client_address(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200
