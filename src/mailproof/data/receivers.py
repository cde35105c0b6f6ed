"""The dated list of what large receivers demand (``receivers.toml``)."""

from __future__ import annotations

from functools import cache

from msgspec import Struct, field

from mailproof.data.reading import read
from mailproof.model.receivers import RequirementFacts
from mailproof.structs import replace


class Receiver(Struct, frozen=True):
    """A receiver, what it calls bulk, and its requirements as of ``date``, none of them checked yet."""

    name: str
    title: str
    bulk: str
    sources: tuple[str, ...]
    requirements: tuple[RequirementFacts, ...] = field(name="requirement")
    date: str = ""


class ReceiverList(Struct, frozen=True):
    """The receivers, and the day the list was made."""

    date: str
    receivers: tuple[Receiver, ...] = field(name="receiver")


@cache
def known_receivers() -> tuple[Receiver, ...]:
    """The bundled list."""
    data = read("receivers.toml", ReceiverList)
    return tuple(replace(each, date=data.date) for each in data.receivers)
