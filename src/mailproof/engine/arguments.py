"""Validation of arguments: each function raises UsageError with one clear line, before any work is done."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from urllib.parse import urlsplit

from mailproof.dns import Resolver
from mailproof.dns.text import to_ascii
from mailproof.errors import UsageError
from mailproof.names import NO_SELECTOR, is_within, plain_selector
from mailproof.records.addresses import client_address, is_address


def is_live(resolver: Resolver) -> bool:
    """Whether answers come from the live DNS, possibly underneath zone files or a recorder."""
    if "mailproof.dns.live" not in sys.modules:  # don't import it, and sockets, just to find out
        return False
    from mailproof.dns.live import LiveResolver

    found: object = resolver
    while found is not None and not isinstance(found, LiveResolver):
        found = getattr(found, "under", None) or getattr(found, "inner", None)
    return found is not None


def name_in(text: str) -> str:
    """The domain name in a URL, an address or a name. Raises UsageError for a malformed URL."""
    name = text.strip()
    try:
        name = (urlsplit(name).hostname or "") if "://" in name else name.partition("/")[0]
    except ValueError as error:
        raise UsageError(f"{name[:200]!r} is not a URL: {error}") from None
    return name.rpartition("@")[2].rstrip(">") if "@" in name else name


def checked_return_path(option: str, given: str) -> str:
    """The address that an option gives; "" for the null return path. Raises UsageError."""
    address = given.strip("<> ")
    if address and not ("@" in address and address.rpartition("@")[2]):
        raise UsageError(f"{option} {given[:80]!r} is not an address: write local@domain, or <>")
    return address


def checked_domain(domain: str) -> str:
    """The domain in A-labels. Raises UsageError if it cannot be a mail domain."""
    if is_address(domain.strip().strip("[]")):
        raise UsageError(
            f"{domain} is an address, not a domain: give the domain of the From address (and --ip {domain})"
        )
    if "@" in domain:
        raise UsageError(f"{domain!r} is an address: give the domain after the @ alone")
    name = to_ascii(domain)
    if "." not in name:
        raise UsageError(f"{domain!r} is a single label: give a whole domain like {name}.example")
    return name


def checked_subdomains(subdomains: tuple[str, ...], domain: str) -> tuple[str, ...]:
    """Names below the domain, in A-labels, without duplicates. Raises UsageError for an invalid one."""
    found: dict[str, None] = {}
    for each in subdomains:
        name = to_ascii(each)
        name = name if is_within(name, domain) else f"{name}.{domain}"
        if name == domain:
            raise UsageError(f"--subdomain {each}: that is the domain itself")
        found[checked_domain(name)] = None
    return tuple(found)


def checked_selectors(selectors: Iterable[str], domain: str) -> tuple[str, ...]:
    """Bare selectors, in lower case, without duplicates. Raises UsageError for an invalid one."""
    found = {plain_selector(each, domain): each for each in selectors}
    if "" in found:
        raise UsageError(f"{found[''][:60]!r} is {NO_SELECTOR}")
    return tuple(found)


def checked_ips(ips: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses in canonical form. Raises UsageError for an invalid one."""
    try:
        return tuple(str(client_address(ip)) for ip in ips)
    except UsageError as error:
        raise UsageError(f"--ip: {error}") from None


def checked_networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    """Networks in CIDR form, or single addresses. Raises UsageError for an invalid one."""
    from mailproof.records.networks import parse_network

    for text in networks:
        if parse_network(text) is None:
            raise UsageError(f"--allow-address {text}: not a network or address like 192.0.2.0/24")
    return networks


def checked_blocklists(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of blocklists to query, or ``open``. Raises UsageError for an unknown name."""
    from mailproof.data.blocklists import blocklists

    known = blocklists()
    if unknown := known.unknown(names):
        listed = ", ".join(each.name for each in known.lists)
        raise UsageError(f"--blocklist {unknown[0]}: no such blocklist; known are {listed}")
    return names
