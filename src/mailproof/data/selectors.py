"""The dated list of DKIM selectors that are tried where none is given (``dkim_selectors.toml``)."""

from __future__ import annotations

import tomllib
from functools import cached_property, lru_cache
from pathlib import Path

from msgspec import Struct


class KnownSelector(Struct, frozen=True):
    """A selector, whose it is, and where that is written down.

    ``after`` is the one beside which it is published: without that, it is not likely to be there.
    """

    name: str
    provider: str
    source: str
    after: str = ""


class SelectorList(Struct, frozen=True, dict=True):
    """The list, the day it was made, and the providers whose selectors cannot be guessed, with their form.

    ``common`` are the names to begin with, ``less_common`` those to go on with where nothing was found.
    """

    date: str
    common: tuple[str, ...]
    less_common: tuple[str, ...]
    selectors: tuple[KnownSelector, ...]
    unguessable: tuple[tuple[str, str], ...]

    @cached_property
    def followers(self) -> tuple[KnownSelector, ...]:
        """Those that are published beside another."""
        return tuple(each for each in self.selectors if each.after)

    @cached_property
    def without_names(self) -> tuple[str, ...]:
        """The providers whose selectors cannot be guessed."""
        return tuple(provider for provider, _ in self.unguessable)

    @cached_property
    def whose(self) -> dict[str, str]:
        """Each selector with its provider."""
        return {each.name: each.provider for each in self.selectors}


@lru_cache(maxsize=1)
def known_selectors() -> SelectorList:
    """The bundled list."""
    text = Path(__file__).with_name("dkim_selectors.toml").read_text("utf-8")
    data = tomllib.loads(text)
    sources: dict[str, str] = data["sources"]
    return SelectorList(
        date=str(data["date"]),
        common=tuple(data["common"]),
        less_common=tuple(data["less_common"]),
        selectors=tuple(
            KnownSelector(each["name"], each["provider"], sources[each["source"]], each.get("after", ""))
            for each in data["selector"]
        ),
        unguessable=tuple((each["provider"], each["form"]) for each in data["unguessable"]),
    )
