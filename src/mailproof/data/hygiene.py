"""File extensions that receivers reject as attachments, and link shorteners (``hygiene.toml``)."""

from __future__ import annotations

from msgspec import Struct

from mailproof.data.reading import bundled


class HygieneLists(Struct, frozen=True):
    """The lists, in lower case, and the day they were made."""

    date: str
    attachments: frozenset[str]
    shorteners: frozenset[str]


#: The bundled lists.
hygiene = bundled("hygiene.toml", HygieneLists)
