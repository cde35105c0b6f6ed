"""The dated list of mail providers, and what shows that a domain uses one (``providers.toml``)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import force_setattr

from mailproof.data.reading import bundled
from mailproof.names import is_within
from mailproof.records.edits import edits


class MailProvider(Struct, frozen=True):
    """A provider. ``mx``, ``spf`` and ``rua`` are suffixes of names (whole labels) that point at it.

    ``hosts`` and ``includes`` are the names that its customers are to publish as MX and to include in SPF.
    ``always``: it signs with ``selectors`` and no others. ``form`` says how those look that cannot be
    guessed. ``tenants`` are suffixes of the names that its selectors are aliases of.
    """

    name: str
    source: str
    mx: tuple[str, ...] = ()
    spf: tuple[str, ...] = ()
    rua: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    always: bool = False
    form: str = ""
    tenants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "includes", self.includes or self.spf)


class ProviderList(Struct, frozen=True):
    """The providers, and the day the list was made."""

    date: str
    providers: tuple[MailProvider, ...] = field(name="provider")


#: The bundled list.
known_providers = bundled("providers.toml", ProviderList)


@lru_cache(maxsize=4096)  # the names of large providers are in most records
def providers_by(sign: Literal["mx", "spf", "rua", "tenants"], name: str) -> tuple[MailProvider, ...]:
    """The providers at which a name points: one of their suffixes of this kind, or a name below one."""
    table, found = _by_suffix(sign), list[MailProvider]()
    while name:
        found += table.get(name, ())
        name = name.partition(".")[2]
    return tuple(found)


@cache
def _by_suffix(sign: str) -> dict[str, tuple[MailProvider, ...]]:
    table: dict[str, tuple[MailProvider, ...]] = {}
    for provider in known_providers().providers:
        for suffix in dict.fromkeys(getattr(provider, sign)):
            table[suffix] = (*table.get(suffix, ()), provider)
    return table


def is_providers_mx(host: str) -> bool:
    """Whether it is the mail host of a known provider."""
    return bool(providers_by("mx", host))


def is_providers_include(name: str) -> bool:
    """Whether customers of a known provider are to include the name in SPF."""
    return name in _by_suffix("includes")


def meant_include(name: str) -> str | None:
    """The name to include that ``name`` is one slip away from; None where it is none, or more than one.

    Its last label may be another or left out, and so may its first. For names without an SPF record.
    """
    known = [include for each in known_providers().providers for include in each.includes]
    name = name.rstrip(".").lower()
    stems = (name, name.rpartition(".")[0])
    like = [each for each in known if each.rpartition(".")[0] in stems or each.partition(".")[2] == name]
    return _nearest(name, known) or (like[0] if len(like) == 1 and name not in known else None)


def meant_host(name: str) -> str | None:
    """The MX host that ``name`` is one slip away from; None where it is none, or more than one.

    For names that do not exist. Where each customer has a host of their own, the customer's part stays.
    """
    known = known_providers().providers
    host = _nearest(name, (host for each in known for host in each.hosts))
    if host is not None:
        return host
    customers = [suffix for each in known if not each.hosts for suffix in each.mx if suffix.count(".") > 1]
    found = set[str]()
    for suffix in customers:
        for start in (len(name) - len(suffix) + slip for slip in (-1, 0, 1)):
            if start > 0 and name[start - 1] == "." and _nearest(name[start:], (suffix,)):
                found.add(name[:start] + suffix)
    return found.pop() if len(found) == 1 else None


def _nearest(name: str, known: Iterable[str]) -> str | None:
    near = {each: edits(name.rstrip(".").lower(), each, 1) for each in known}
    found = [each for each, slips in near.items() if slips == 1]
    return found[0] if len(found) == 1 and 0 not in near.values() else None


def is_below(name: str, suffixes: tuple[str, ...]) -> bool:
    """Whether the name is one of the suffixes or below one."""
    return any(is_within(name, suffix) for suffix in suffixes)


def provider_at(name: str, *signs: str) -> str:
    """The provider that has the name, or one above it, among its suffixes of these kinds; empty for none."""
    found = (
        each.name
        for each in known_providers().providers
        if any(is_below(name, getattr(each, sign)) for sign in signs)
    )
    return next(found, "")
