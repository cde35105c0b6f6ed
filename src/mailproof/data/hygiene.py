"""Endings of attachments that receivers refuse, and hosts that shorten links (``hygiene.toml``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from msgspec import Struct


class HygieneLists(Struct, frozen=True):
    """The lists, in lower case, and the day they were made."""

    date: str
    attachments: frozenset[str]
    shorteners: frozenset[str]


@lru_cache(maxsize=1)
def hygiene() -> HygieneLists:
    """The bundled lists."""
    import tomllib  # only where it is needed: start-up counts

    data = tomllib.loads(Path(__file__).with_name("hygiene.toml").read_text("utf-8"))
    return HygieneLists(data["date"], frozenset(data["attachments"]), frozenset(data["shorteners"]))
