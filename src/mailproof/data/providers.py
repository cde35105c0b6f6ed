"""The dated list of mail providers, and what tells that a domain uses one (``providers.toml``)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from mailproof.frozen import frozen


@frozen
class MailProvider:
    """A provider. ``mx``, ``spf`` and ``rua`` are suffixes of names (whole labels) that point at it.

    ``always``: it signs with ``selectors`` and no others. ``form`` says how those look that cannot be
    guessed. ``tenants`` are suffixes of the names that its selectors are aliases of.
    """

    name: str
    source: str
    mx: tuple[str, ...] = ()
    spf: tuple[str, ...] = ()
    rua: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    always: bool = False
    form: str = ""
    tenants: tuple[str, ...] = ()


@frozen
class ProviderList:
    """The providers, and the day the list was made."""

    date: str
    providers: tuple[MailProvider, ...]


@lru_cache(maxsize=1)
def known_providers() -> ProviderList:
    """The bundled list."""
    data = tomllib.loads(Path(__file__).with_name("providers.toml").read_text("utf-8"))
    return ProviderList(
        date=str(data["date"]),
        providers=tuple(
            MailProvider(
                name=each["name"],
                source=each["source"],
                mx=tuple(each.get("mx", ())),
                spf=tuple(each.get("spf", ())),
                rua=tuple(each.get("rua", ())),
                selectors=tuple(each.get("selectors", ())),
                always=each.get("always", False),
                form=each.get("form", ""),
                tenants=tuple(each.get("tenants", ())),
            )
            for each in data["provider"]
        ),
    )


def provider_of_mx(host: str) -> str:
    """The name of the provider whose mail host it is; empty where none is known."""
    return next((each.name for each in known_providers().providers if is_below(host, each.mx)), "")


def is_below(name: str, suffixes: tuple[str, ...]) -> bool:
    """Whether the name is one of the suffixes or below one."""
    return any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)
