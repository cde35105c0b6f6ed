"""Recognizes what people enter in MX records instead of a host name (RFC 5321 section 5.1)."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from mailproof.records.addresses import is_address
from mailproof.records.charsets import utf8_if_valid
from mailproof.records.mailboxes import domain_to_ascii
from mailproof.records.remember import remembered

ExchangeKind = Literal[
    "host", "address", "mailbox", "url", "port", "preference", "stray", "localhost", "other"
]
#: Names that always mean the local host (RFC 6761 section 6.3).
LOCAL_HOSTS = ("localhost", "localhost.localdomain")
_ESCAPE = re.compile(r"\\(?:(\d{3})|(.))", re.DOTALL)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,126}}")
_MAILBOX = re.compile(r"(?:mailto:)?[^@\s]{1,64}@[^@\s]{1,253}")
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,15}:[/\\]{2}([^/\\:]{1,253})(?::\d{1,5})?(?:[/\\].{0,253})?")
_PORT = re.compile(r"([^:\s]{1,253}):\d{1,5}")
_STRAY = re.compile(rf"[\s;,\"']*({_HOST.pattern})[\s.;,\"']*")
_PREFERENCE = re.compile(r"\d{1,5}[\s,]{1,8}(\S{1,253})")


class Exchange(Struct, frozen=True):
    """``text`` is the name without DNS presentation escapes, ``meant`` the host in it, if any."""

    kind: ExchangeKind
    text: str
    meant: str = ""


@remembered(256)  # several rules parse the same host
def read_exchange(host: str, domain: str) -> Exchange:
    """Parse the host of an MX record of ``domain`` (both in lower case, without the final dot). Never raises.

    A zone file usually appends the domain to anything that is not a host name; that suffix is removed.
    """
    text = utf8_if_valid(_ESCAPE.sub(_character, host))  # if it was not entered in A-labels
    relative = text.removesuffix(f".{domain}")
    if relative in LOCAL_HOSTS:
        return Exchange("localhost", relative)
    if _HOST.fullmatch(text) and not is_address(relative):
        return Exchange("host", text)
    ways = ((relative, ""), (text, ""), (relative, domain if relative != text else ""))
    readings = [found for each, zone in ways if (found := _read(each, zone))]
    whole = (each for each in readings if "." in (each.meant or each.text.partition("@")[2]))
    meant = "" if text.isascii() else domain_to_ascii(text)
    return next(whole, readings[0] if readings else Exchange("other", text, meant))


def _read(text: str, zone: str) -> Exchange | None:
    """``zone`` completes a host of a single label, if known."""
    bare = text.strip("[] ").rstrip(".")
    if is_address(bare):
        return Exchange("address", text, bare)
    if _MAILBOX.fullmatch(text):
        return Exchange("mailbox", text.removeprefix("mailto:"))
    patterns: tuple[tuple[ExchangeKind, re.Pattern[str]], ...] = (
        ("url", _URL),
        ("preference", _PREFERENCE),
        ("port", _PORT),
        ("stray", _STRAY),
    )
    for kind, pattern in patterns:
        if match := pattern.fullmatch(text):
            host = match[1].strip(".")
            whole = host if "." in host or not zone else f"{host}.{zone}"
            return Exchange(kind, text, whole if _HOST.fullmatch(whole) and "." in whole else "")
    dotted = text.replace(",", ".")
    return Exchange("stray", text, dotted) if dotted != text and _HOST.fullmatch(dotted) else None


def _character(match: re.Match[str]) -> str:
    number, char = match.groups()
    return char if number is None else chr(int(number))
