"""What symbols of spam filters mean for the sender (``filter_symbols.toml``)."""

from __future__ import annotations

from fnmatch import fnmatchcase

from msgspec import Struct, field

from mailproof.data.reading import bundled


class SymbolCause(Struct, frozen=True):
    """Symbols with one cause: its fix, and the rule here that proves it ("" where none does)."""

    names: tuple[str, ...]
    fix: str
    check: str = ""


class SilentList(Struct, frozen=True):
    """Symbols for a DNS list that did not answer. ``refused``: it refused the query."""

    names: tuple[str, ...]
    list: str
    source: str
    refused: bool


class FilterSymbols(Struct, frozen=True):
    """The catalogue, and the day it was made."""

    date: str
    causes: tuple[SymbolCause, ...] = field(name="symbol")
    silent: tuple[SilentList, ...]


#: The bundled catalogue.
filter_symbols = bundled("filter_symbols.toml", FilterSymbols)


def cause_of(name: str) -> SymbolCause | None:
    """What is known of a symbol."""
    if silent_list(name) is not None:
        return None
    return next((each for each in filter_symbols().causes if _fits(name, each.names)), None)


def silent_list(name: str) -> SilentList | None:
    """The list that a symbol says gave no answer."""
    return next((each for each in filter_symbols().silent if _fits(name, each.names)), None)


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name == each or ("*" in each and fnmatchcase(name, each)) for each in patterns)
