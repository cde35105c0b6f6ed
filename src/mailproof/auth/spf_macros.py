"""Macro expansion (RFC 7208 section 7)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

from msgspec import Struct

from mailproof.records.remember import remembered
from mailproof.records.spf import Literal, Macro, MacroString, parse_macros

_MAX_NAME = 253
_LABELS = re.compile(r"[^.]{1,63}(?:\.[^.]{1,63})*")


class Client(Struct, frozen=True):
    """The client being checked: its address, the names it gave, and the receiver's name."""

    ip: IPv4Address | IPv6Address
    local_part: str
    sender_domain: str
    helo: str
    receiver: str

    def values(self, domain: str, validated: str = "unknown") -> dict[str, str]:
        """What each macro letter expands to while the record of ``domain`` is evaluated."""
        four = isinstance(self.ip, IPv4Address)
        return {
            "s": f"{self.local_part}@{self.sender_domain}",
            "l": self.local_part,
            "o": self.sender_domain,
            "d": domain,
            "i": str(self.ip) if four else ".".join(self.ip.exploded.replace(":", "").upper()),
            "p": validated,
            "v": "in-addr" if four else "ip6",
            "h": self.helo,
            "c": str(self.ip),
            "r": self.receiver,
            "t": str(int(time.time())),
        }


def expand(text: str | MacroString, values: Mapping[str, str], *, explanation: bool = False) -> str | None:
    """The text with its macros expanded; None if it is malformed or a value is unknown."""
    parsed = parse_macros(text, explanation=explanation) if isinstance(text, str) else text
    if parsed.problem is not None:
        return None
    out: list[str] = []
    for part in parsed.parts:
        if isinstance(part, Literal):
            out.append(part.text)
        elif part.letter in values:
            out.append(_transformed(part, values[part.letter]))
        else:
            return None
    return "".join(out)


@remembered(1024)
def target_name(expanded: str) -> str | None:
    """An expanded domain-spec as a name to look up: cut from the left to 253 characters (section 7.3).

    None if it cannot be queried (an empty or over-long label, a non-ASCII character); the term then gets no
    answer (section 4.8), as RFC 8616 section 4 requires for an internationalized local part, too.
    """
    name = expanded.removesuffix(".").lower()
    if len(name) > _MAX_NAME:
        name = name[-_MAX_NAME - 1 :].partition(".")[2]
    if not name.isascii() or not _LABELS.fullmatch(name):
        return None
    return name.replace("\\", "\\\\")


def _transformed(macro: Macro, value: str) -> str:
    parts = _split(value, macro.delimiters)
    if macro.reverse:
        parts.reverse()
    if macro.keep:
        parts = parts[-macro.keep :]
    text = ".".join(parts)
    return quote(text, safe="~-._") if macro.url_escape else text


def _split(value: str, delimiters: str) -> list[str]:
    first = delimiters[0]
    for other in delimiters[1:]:
        value = value.replace(other, first)
    return value.split(first)
