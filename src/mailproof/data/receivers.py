"""The dated list of what large receivers demand (``receivers.toml``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from msgspec import Struct


class Demand(Struct, frozen=True):
    """One requirement as the receiver states it. ``check`` names what tells whether it is met."""

    id: str
    text: str
    check: str
    source: str
    since: str
    scope: Literal["all", "bulk"] = "all"
    enforced: bool = False
    code: str = ""


class Receiver(Struct, frozen=True):
    """A receiver, what it calls bulk, and its requirements as of ``date``."""

    name: str
    title: str
    date: str
    bulk: str
    sources: tuple[str, ...]
    requirements: tuple[Demand, ...]


@lru_cache(maxsize=1)
def known_receivers() -> tuple[Receiver, ...]:
    """The bundled list."""
    import tomllib

    data = tomllib.loads(Path(__file__).with_name("receivers.toml").read_text("utf-8"))
    return tuple(
        Receiver(
            name=each["name"],
            title=each["title"],
            date=str(data["date"]),
            bulk=each["bulk"],
            sources=tuple(each["sources"]),
            requirements=tuple(Demand(**demand) for demand in each["requirement"]),
        )
        for each in data["receiver"]
    )
