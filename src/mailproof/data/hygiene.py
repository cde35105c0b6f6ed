"""File extensions that receivers reject as attachments, and link shorteners (``hygiene.toml``)."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from mailproof.data.reading import read


class HygieneLists(Struct, frozen=True):
    """The lists, in lower case, and the day they were made."""

    date: str
    attachments: frozenset[str]
    shorteners: frozenset[str]


@lru_cache(maxsize=1)
def hygiene() -> HygieneLists:
    """The bundled lists."""
    return read("hygiene.toml", HygieneLists)
