"""Address ranges: containment, and which are not routable on the public Internet."""

from __future__ import annotations

from bisect import bisect
from ipaddress import IPv4Network, IPv6Network, ip_network

from mailproof.records.remember import remembered

Network = IPv4Network | IPv6Network
#: Cached ranges: those of large senders are in most records, and several rules parse each.
KEPT = 4096

# RFC 6890 and the IANA special-purpose registries. The documentation ranges are left out on purpose: they
# are treated as ordinary public addresses, so that examples can be checked.
_UNROUTABLE: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(text), what)
    for text, what in (
        ("0.0.0.0/8", "this network (RFC 791)"),
        ("10.0.0.0/8", "private (RFC 1918)"),
        ("100.64.0.0/10", "carrier-grade NAT (RFC 6598)"),
        ("127.0.0.0/8", "loopback (RFC 1122)"),
        ("169.254.0.0/16", "link-local (RFC 3927)"),
        ("172.16.0.0/12", "private (RFC 1918)"),
        ("192.0.0.0/24", "IETF protocol assignments (RFC 6890)"),
        ("192.168.0.0/16", "private (RFC 1918)"),
        ("198.18.0.0/15", "benchmarking (RFC 2544)"),
        ("224.0.0.0/4", "multicast (RFC 5771)"),
        ("240.0.0.0/4", "reserved (RFC 1112)"),
        ("::/128", "the unspecified address (RFC 4291)"),
        ("::1/128", "loopback (RFC 4291)"),
        ("::ffff:0:0/96", "IPv4-mapped, matched by ip4 alone (RFC 7208 section 5)"),
        ("64:ff9b:1::/48", "local NAT64 (RFC 8215)"),
        ("100::/64", "discard-only (RFC 6666)"),
        ("100:0:0:1::/64", "a dummy prefix (RFC 9780)"),
        ("2001:2::/48", "benchmarking (RFC 5180)"),
        ("5f00::/16", "segment routing (RFC 9602)"),
        ("fc00::/7", "unique local (RFC 4193)"),
        ("fe80::/10", "link-local (RFC 4291)"),
        ("fec0::/10", "site-local (RFC 3879)"),
        ("ff00::/8", "multicast (RFC 4291)"),
    )
)


def rrtype_of(address: str) -> str:
    """The record type for an address."""
    return "AAAA" if ":" in address else "A"


def parse_network(text: str) -> Network | None:
    """Parse a network or single address in CIDR form, masking host bits; None if it is neither."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def contains(outer: Network, inner: Network) -> bool:
    """Whether ``inner`` is within ``outer``; False across address families."""
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network):
        return inner.subnet_of(outer)
    return False


def unroutable(network: Network) -> str:
    """The kind of unroutable range that contains ``network``, in words; empty for public addresses."""
    lows, ranges = _ASCENDING[network.version]
    place = bisect(lows, int(network.network_address))
    if not place:
        return ""
    last, what = ranges[place - 1]
    return what if int(network.broadcast_address) <= last else ""


@remembered(KEPT)
def why_unroutable(text: str) -> str:
    """The same for a network or address as text; empty if it is neither."""
    network = parse_network(text)
    return unroutable(network) if network is not None else ""


def _ascending(version: int) -> tuple[list[int], list[tuple[int, str]]]:
    """The first addresses of an IP version's ranges, and the last ones with names. No ranges overlap."""
    ranges = sorted(
        (int(each.network_address), int(each.broadcast_address), what)
        for each, what in _UNROUTABLE
        if each.version == version
    )
    return [low for low, _, _ in ranges], [(last, what) for _, last, what in ranges]


_ASCENDING = {version: _ascending(version) for version in (4, 6)}
