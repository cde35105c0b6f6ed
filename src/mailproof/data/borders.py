"""How large receivers write their trace fields (``borders.toml``)."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

from msgspec import Struct, field

from mailproof.data.reading import bundled

Order = Literal["above", "below", "grouped"]


class KnownBorder(Struct, frozen=True):
    """A receiver and its forms; the file says what each field means. Names are in lower case."""

    name: str
    title: str
    hosts: tuple[str, ...]
    results: tuple[Order, ...]
    source: str
    ids: tuple[str, ...] = ()
    form: str = ""
    once: bool = False
    received_spf: bool = field(name="received-spf", default=False)
    fields: tuple[str, ...] = ()
    client: tuple[str, ...] = ()
    appended: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    sending: tuple[str, ...] = ()

    def is_host(self, name: str) -> bool:
        """Whether a host is one of its own."""
        return _matches(name, self.hosts)

    def is_id(self, authserv_id: str) -> bool:
        """Whether it calls itself so in its results."""
        return _matches(authserv_id, self.ids)

    def sends_as(self, name: str) -> bool:
        """Whether a host of that name is one by which it sends to others."""
        return _matches(name, self.sending)

    def writes(self, key: str) -> bool:
        """Whether fields of that name are in the block of its results."""
        return _matches(key, self.fields)

    def appends(self, key: str) -> bool:
        """Whether it writes fields of that name at the end of the header section."""
        return _matches(key, self.appended)

    def is_inner(self, ip: str) -> bool:
        """Whether its hosts hand mail on to each other by that address."""
        return bool(self.inner) and any(ip_address(ip) in network for network in _networks(self.inner))


class BorderList(Struct, frozen=True):
    """The receivers, and the day the list was made."""

    date: str
    borders: tuple[KnownBorder, ...] = field(name="border")


#: The bundled list.
borders = bundled("borders.toml", BorderList)


def known_border(by: str, received: str) -> KnownBorder | None:
    """The receiver that wrote a Received field with that ``by``; None where it is not known."""
    host = _of_host(by)
    for each in borders().borders:
        if each is host or (each.form and re.search(each.form, received[:600])):
            return each
    return None


@lru_cache(maxsize=1024)  # the same hosts write the fields of many messages
def _of_host(by: str) -> KnownBorder | None:
    return next((each for each in borders().borders if each.is_host(by)), None)


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return bool(patterns) and _compiled(patterns).match(text.lower()) is not None


@lru_cache(maxsize=128)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """All of them in one: a message is held against a hundred."""
    return re.compile("|".join(map(translate, patterns)))


@lru_cache(maxsize=16)
def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in texts)
