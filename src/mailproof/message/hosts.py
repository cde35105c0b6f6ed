"""Which hosts belong together, and which addresses are inside a network, without DNS."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from mailproof.data.organizations import families, organizational_domain
from mailproof.names import is_within
from mailproof.records.remember import remembered

#: Not addresses of the public internet; documentation ranges count as public here.
_PRIVATE = {
    4: (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16",
    ),
    6: ("::/128", "::1/128", "fc00::/7", "fe80::/10"),
}  # fmt: skip
_NETWORKS = {version: tuple(map(ipaddress.ip_network, texts)) for version, texts in _PRIVATE.items()}


def related(first: str, second: str) -> bool:
    """Whether two host names belong together.

    They are equal, one is below the other, or they share a registered name or an operator.
    """
    one, other = first.lower().strip("[]."), second.lower().strip("[].")
    if not one or not other:
        return False
    if is_within(one, other) or is_within(other, one):
        return True
    return registered(one) == registered(other) != ""


def named_among(hosts: Sequence[str], texts: Sequence[str]) -> str:
    """The first host named in one of the texts (fields of a list, say); "" for none.

    If none is named itself, the first whose parent domain is.
    """
    for near in (False, True):
        for text in map(str.lower, texts):
            for host in hosts:
                name = host.lower().partition(".")[2] if near else host.lower()
                if "." in name and any(f"{mark}{name}" in text for mark in ".@<"):
                    return host
    return ""


#: ``organizational_domain``, cached.
organizational = remembered(1024)(organizational_domain)


def same_organization(host: str, other: str) -> bool:
    """Whether two hosts are of one organization; each address counts as its own."""
    name = organizational(host)
    return name == organizational(other) and (name != "" or host == other)


def registered(host: str) -> str:
    """The organizational domain, mapped to one per operator: enough to recognize its hosts."""
    name = organizational(host)
    return families().get(name, name)


@remembered(1024)
def is_private(ip: str) -> bool:
    """Whether an address is not public (documentation ranges count as public)."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return any(address in network for network in _NETWORKS[address.version])
