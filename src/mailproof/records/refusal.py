"""Decides which addresses may be connected to, for mail hosts, name servers, policies and logos alike.

Names in the DNS point wherever their owner wants. Anything but an ordinary public address is refused, so that
no one can make us connect to the machine's own networks, not even through an address that embeds another.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from mailproof.records.networks import Network, contains, parse_network, unroutable

_PUBLIC = IPv6Network("2000::/3")

# In addition to unroutable ranges: the rest of the IANA special-purpose registries that has no real hosts,
# and ranges whose addresses embed an IPv4 address that a relay would connect to.
_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(text), what)
    for text, what in (
        ("192.0.2.0/24", "documentation (RFC 5737)"),
        ("198.51.100.0/24", "documentation (RFC 5737)"),
        ("203.0.113.0/24", "documentation (RFC 5737)"),
        ("192.31.196.0/24", "AS112 (RFC 7535)"),
        ("192.52.193.0/24", "multicast tunnels (RFC 7450)"),
        ("192.88.99.0/24", "6to4 relays (RFC 7526)"),
        ("192.175.48.0/24", "AS112 (RFC 7534)"),
        ("::ffff:0:0:0/96", "IPv4-translated (RFC 2765)"),
        ("::/96", "IPv4-compatible (RFC 4291)"),
        ("64:ff9b::/96", "NAT64 (RFC 6052)"),
        ("2001::/32", "Teredo (RFC 4380)"),
        ("2001:db8::/32", "documentation (RFC 3849)"),
        ("2001::/23", "IETF protocol assignments (RFC 2928)"),
        ("2002::/16", "6to4 (RFC 3056)"),
        ("2620:4f:8000::/48", "AS112 (RFC 7534)"),
        ("3fff::/20", "documentation (RFC 9637)"),
    )
)


def refusal(address: str, allowed: tuple[str, ...] = ()) -> str:
    """Why an address may not be connected to, in words; "" if it may. Never raises.

    ``allowed`` are networks that may be connected to although they are not public (a laboratory). For an
    address that embeds an IPv4 address, both must be allowed.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return "an address with a zone"
        inner = _embedded(ip)
        if inner is not None and refusal(str(inner), allowed):
            return _kind(ip)
    network = parse_network(str(ip))
    assert network is not None
    if any(wide is not None and contains(wide, network) for wide in map(parse_network, allowed)):
        return ""
    return _kind(ip)


def _kind(ip: IPv4Address | IPv6Address) -> str:
    """The kind of special address, in words; "" for an ordinary one."""
    network = ip_network(ip)
    kind = unroutable(network) or next((what for wide, what in _REFUSED if contains(wide, network)), "")
    if not kind and isinstance(ip, IPv6Address) and ip not in _PUBLIC:
        return "outside 2000::/3, which alone is in public use (RFC 4291)"
    return kind


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The embedded IPv4 address that a relay or this machine would connect to instead."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    last = IPv4Address(int(ip) & 0xFFFFFFFF)
    return last if any(ip in special for special in _EMBEDDING) and int(ip) > 1 else None


#: Ranges in which the last 32 bits are an IPv4 address.
_EMBEDDING = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")))
