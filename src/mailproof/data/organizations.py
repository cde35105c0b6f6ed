"""Which names belong to one organization, without the DNS (``organizations.toml``)."""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from mailproof.data.reading import bundled


class OrganizationLists(Struct, frozen=True):
    """The file: labels and domains under which names are of different owners, and domains of one operator."""

    date: str
    source: str
    second: frozenset[str]
    shared: frozenset[str]
    families: tuple[tuple[str, ...], ...]

    def is_shared(self, name: str) -> bool:
        """Whether the names directly below a domain are of different owners."""
        first, _, rest = name.partition(".")
        country = len(rest) == 2 and first in self.second
        return country or name in self.shared or f"*.{rest}" in self.shared


#: The bundled lists.
organizations = bundled("organizations.toml", OrganizationLists)


@cache
def families() -> dict[str, str]:
    """The first domain of its operator, by each of them."""
    return {domain: family[0] for family in organizations().families for domain in family}


def organizational_domain(host: str) -> str:
    """An approximation of the organizational domain, without DNS; "" for an address."""
    labels = host.lower().strip(".").split(".")
    if len(labels) < 2 or labels[-1].isdigit() or ":" in host:
        return ""
    names = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    shared = next((at for at, name in enumerate(names) if organizations().is_shared(name)), len(labels) - 1)
    return names[max(shared - 1, 0)]
