"""Names as keys: lower-case presentation format without the final dot; the root is the empty string."""

from __future__ import annotations

import re

import dns.exception
import dns.name

_PLAIN = re.compile(r"[a-z0-9_*/+=:-]{1,63}(?:\.[a-z0-9_*/+=:-]{1,63})*")
_UNESCAPED_DOT = re.compile(r"(?:[^.\\]|\\.)*\.")


def key_of(name: str) -> str | None:
    """The key of a name in presentation format, always taken as absolute; None if it cannot be a DNS name.

    That is: it has an empty label, a label over 63 octets, or over 255 octets (RFC 1035 section 3.1).
    """
    text = name.lower()
    if text.endswith(".") and not text.endswith("\\."):
        text = text[:-1]
    if not text:
        return ""
    if len(text) <= 253 and _PLAIN.fullmatch(text):
        return text
    try:
        return key_of_name(dns.name.from_text(text, origin=dns.name.root))
    except (dns.exception.DNSException, UnicodeError):
        return None


def key_of_name(name: dns.name.Name) -> str:
    """The key of an absolute dnspython name."""
    return name.to_text(omit_final_dot=True).lower() if len(name.labels) > 1 else ""


def parent(key: str) -> str:
    """The parent name; that of the root is the root."""
    if "\\" not in key:
        return key.partition(".")[2]
    match = _UNESCAPED_DOT.match(key)
    return key[match.end() :] if match else ""


def lineage(key: str) -> list[str]:
    """The name itself, then its ancestors, the root last."""
    names, escaped = [key], "\\" in key
    while key:
        key = parent(key) if escaped else key.partition(".")[2]
        names.append(key)
    return names


def is_below(key: str, ancestor: str) -> bool:
    """Whether ``key`` is ``ancestor`` or a name under it."""
    if not ancestor or key == ancestor:
        return True
    if not key.endswith("." + ancestor):
        return False
    return "\\" not in key or ancestor in lineage(key)
