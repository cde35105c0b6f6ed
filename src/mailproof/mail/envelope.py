"""Envelope addresses and line endings, in the form in which they are sent."""

from __future__ import annotations

import re

from mailproof.errors import UsageError

_BARE_LF = re.compile(rb"\r\n|\r|\n")


def crlf(message: bytes) -> bytes:
    """Convert all line endings to CRLF."""
    return _BARE_LF.sub(b"\r\n", message)


def local_part(address: str) -> str:
    """The part before the last @."""
    return address.rpartition("@")[0]


def envelope_address(address: str, *, utf8: bool = False) -> str:
    """Normalize an envelope address; the domain in A-labels unless ``utf8``. Empty is the null path."""
    from mailproof.dns.text import to_ascii

    text = address.strip()
    if not text:
        return ""
    if any(ord(c) < 33 or ord(c) == 127 or c in "<>" for c in text):
        raise UsageError(f"{address!r} cannot be an envelope address: a space, bracket or control character")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise UsageError(f"{address!r} is not an address: write local@domain")
    if domain.startswith("["):
        return text
    return f"{local}@{domain if utf8 and not domain.isascii() else to_ascii(domain)}"
