"""The dated list of DKIM selectors that are tried where none is given (``dkim_selectors.toml``)."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct, field

from mailproof.data.reading import bundled


class KnownSelector(Struct, frozen=True):
    """A selector, whose it is, and where that is written down (of ``sources``).

    ``after`` is the one beside which it is published: without that, it is not likely to be there.
    """

    name: str
    provider: str
    source: str
    after: str = ""


class Unguessable(Struct, frozen=True):
    """A provider whose selectors cannot be guessed, and how they look."""

    provider: str
    form: str


class SelectorList(Struct, frozen=True, dict=True):
    """The list, the day it was made, and the providers whose selectors cannot be guessed.

    ``common`` are the names to begin with, ``less_common`` those to go on with where nothing was found.
    """

    date: str
    common: tuple[str, ...]
    less_common: tuple[str, ...]
    unguessable: tuple[Unguessable, ...]
    sources: dict[str, str]
    selectors: tuple[KnownSelector, ...] = field(name="selector")

    @cached_property
    def followers(self) -> tuple[KnownSelector, ...]:
        """Those that are published beside another."""
        return tuple(each for each in self.selectors if each.after)

    @cached_property
    def without_names(self) -> tuple[str, ...]:
        """The providers whose selectors cannot be guessed."""
        return tuple(each.provider for each in self.unguessable)

    @cached_property
    def whose(self) -> dict[str, str]:
        """Each selector with its provider."""
        return {each.name: each.provider for each in self.selectors}


#: The bundled list.
known_selectors = bundled("dkim_selectors.toml", SelectorList)
