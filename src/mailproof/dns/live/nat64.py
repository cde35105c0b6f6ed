"""Addresses that a resolver with DNS64 makes of IPv4 addresses (RFC 6147): no host has them."""

from __future__ import annotations

from ipaddress import ip_address

from dns.rdata import Rdata
from dns.rdatatype import AAAA

from mailproof.dns.live.channel import Channel
from mailproof.dns.live.packet import NOERROR, NXDOMAIN, Reply, question_of

#: The name that has only these IPv4 addresses (RFC 7050): any IPv6 address of it shows a prefix.
_IPV4_ONLY = question_of(b"\x08ipv4only\x04arpa\0", AAAA)
#: 64:ff9b::/96, the prefix that RFC 6052 reserves.
_STANDARD = bytes.fromhex("0064ff9b0000000000000000")
_WELL_KNOWN = (bytes((192, 0, 0, 170)), bytes((192, 0, 0, 171)))


async def published(channel: Channel, reply: Reply, timeout: float) -> tuple[Rdata, ...]:
    """The AAAA records of a reply that are not made up. The resolver's prefixes (/96) are queried once.

    If it does not say (some networks drop the query), only the standard's prefix is known.
    """
    state = channel.state
    if state.nat64 is None:
        found = await channel.ask(_IPV4_ONLY, timeout)
        seen = frozenset((_STANDARD,))
        if isinstance(found, Reply) and found.rcode in (NOERROR, NXDOMAIN):
            known = [octets for octets in map(_octets, found.records) if octets[12:] in _WELL_KNOWN]
            seen = frozenset(octets[:12] for octets in known)
        state.nat64 = seen | (state.nat64 or frozenset())  # another query may have found them meanwhile
    prefixes = state.nat64
    return tuple(record for record in reply.records if _octets(record)[:12] not in prefixes)


def _octets(record: Rdata) -> bytes:
    return ip_address(record.to_text()).packed
