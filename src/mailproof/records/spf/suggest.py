"""What the writer of a broken term most likely meant."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mailproof.records.spf.terms import MECHANISMS, parse_term

_ALIASES = {
    "ip": "ip4",
    "ipv4": "ip4",
    "ipv6": "ip6",
    "ip4v": "ip4",
    "includes": "include",
    "incl": "include",
}
_JUNK = ".;,\"'`"
_LONGEST = 300

#: Characters that look like nothing, a space, a hyphen or a quotation mark, and what to write for them.
STRAY = {
    **dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
        " ",
    ),
    **dict.fromkeys("\t\r\n\x0b\x0c", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u180e", ""),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "-"),
    **dict.fromkeys("\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u2032\u2033", ""),
}


def suggestion(text: str) -> str | None:
    """A spelling of ``text`` that parses and is near it, or None."""
    if len(text) > _LONGEST:
        return None
    return next(
        (candidate for candidate in _candidates(text) if candidate != text and _parses(candidate)), None
    )


def joined(first: str, second: str) -> str | None:
    """``include:`` and ``esp.example``, or ``-`` and ``all``, put together; None where it makes no sense."""
    qualifier = first in ("+", "-", "~", "?")
    if not (qualifier or first.endswith((":", "="))) or len(first) + len(second) > _LONGEST:
        return None
    if not qualifier and _parses(second):
        return None
    return first + second if _parses(first + second) else None


def _parses(text: str) -> bool:
    terms = [term for term in text.split(" ") if term]
    return bool(terms) and all(parse_term(term).problem is None for term in terms)


def _candidates(text: str) -> Iterator[str]:
    yield text.strip(_JUNK)
    qualifier = text[0] if text[0] in "+-~?" else ""
    bare = text[len(qualifier) :].strip(_JUNK)
    for separator in ",;":
        if separator in bare:
            yield _split(qualifier, bare, separator)
    name, colon, value = _name_and_value(bare)
    lower = name.lower()
    if lower in ("redirect", "exp"):
        yield f"{lower}={value}"
    for right in ("ip4", "ip6") if lower.startswith("ip") or lower in ("a", "mx", "include") else ():
        yield f"{qualifier}{right}:{value}"
        yield f"{qualifier}{right}:{_without_port(value)}"
        yield f"{qualifier}{right}:{_plain_prefix(value)}"
    for known in (_ALIASES.get(lower, ""), *get_close_matches(lower, MECHANISMS, 1, 0.7)):
        if known:
            yield f"{qualifier}{known}{':' if colon else ''}{value}"
    if lower.startswith("all"):
        yield f"{qualifier}all"
    if "." in bare or ":" in bare:
        yield f"{qualifier}ip4:{bare}"
        yield f"{qualifier}ip6:{bare}"


def _name_and_value(text: str) -> tuple[str, str, str]:
    for at, char in enumerate(text):
        if char in ":=":
            return text[:at], char, text[at + 1 :].strip()
    return text, "", ""


def _split(qualifier: str, text: str, separator: str) -> str:
    """``ip4:192.0.2.1,192.0.2.2`` as two terms: a part without a name takes the one before."""
    prefix, out = "", []
    for part in text.split(separator):
        if not part:
            continue
        name, colon, _ = _name_and_value(part)
        if colon and name.lower() in MECHANISMS:
            prefix = f"{name}:"
            out.append(f"{qualifier}{part}")
        else:
            out.append(f"{qualifier}{prefix}{part}" if not _parses(part) else part)
    return " ".join(out)


def _without_port(value: str) -> str:
    host, colon, port = value.rpartition(":")
    return host if colon and port.isdigit() and "." in host else value


def _plain_prefix(value: str) -> str:
    """``/024`` as ``/24``."""
    address, slash, digits = value.partition("/")
    return (
        f"{address}/{int(digits)}"
        if slash and digits.isascii() and digits.isdigit() and len(digits) < 5
        else value
    )
