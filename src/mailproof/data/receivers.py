"""The dated list of what large receivers demand (``receivers.toml``)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from msgspec import Struct, field

from mailproof.data.reading import read
from mailproof.structs import replace


class Demand(Struct, frozen=True):
    """One requirement as the receiver states it. ``check`` says what shows whether it is met."""

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
    bulk: str
    sources: tuple[str, ...]
    requirements: tuple[Demand, ...] = field(name="requirement")
    date: str = ""


class ReceiverList(Struct, frozen=True):
    """The receivers, and the day the list was made."""

    date: str
    receivers: tuple[Receiver, ...] = field(name="receiver")


@lru_cache(maxsize=1)
def known_receivers() -> tuple[Receiver, ...]:
    """The bundled list."""
    data = read("receivers.toml", ReceiverList)
    return tuple(replace(each, date=data.date) for each in data.receivers)
