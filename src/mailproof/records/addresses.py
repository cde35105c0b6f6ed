"""IP addresses as people and mail logs write them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from mailproof.errors import UsageError
from mailproof.records.remember import remembered


def is_address(text: str) -> bool:
    """Whether the text is an IP address rather than a host name."""
    if ":" not in text and not text[-1:].isdigit():
        return False  # avoids the cost of the exception
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@remembered(1024)
def client_address(text: str) -> IPv4Address | IPv6Address:
    """Parse ``192.0.2.1``, ``2001:db8::1``, ``[192.0.2.1]`` or ``[IPv6:2001:db8::1]``.

    An IPv4-mapped IPv6 address counts as IPv4 (RFC 7208 section 5). Raises UsageError for anything else.
    """
    plain = text.strip()
    if plain.startswith("[") and plain.endswith("]"):
        plain = plain[1:-1]
    if plain[:5].lower() == "ipv6:":
        plain = plain[5:]
    try:
        address = ip_address(plain.partition("%")[0])
    except ValueError:
        message = f"{text[:60]!r} is not an IP address: give one like 192.0.2.1 or 2001:db8::1"
        raise UsageError(message) from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
