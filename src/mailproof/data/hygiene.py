"""Endings of files, words and link shorteners that content is checked for (``hygiene.toml``)."""

from __future__ import annotations

from msgspec import Struct

from mailproof.data.reading import bundled


class HygieneLists(Struct, frozen=True):
    """The lists, in lower case, and the day they were made."""

    date: str
    attachments: frozenset[str]
    shorteners: frozenset[str]
    files: frozenset[str]
    unsubscribe: tuple[str, ...]


#: The bundled lists.
hygiene = bundled("hygiene.toml", HygieneLists)
