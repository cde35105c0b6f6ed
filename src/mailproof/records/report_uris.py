"""Repairs report destinations of an unreadable ``rua`` or ``ruf``."""

from __future__ import annotations

import re

from mailproof.model import Tag
from mailproof.records.dmarc_uri import parse_uris
from mailproof.records.mailboxes import domain_to_ascii
from mailproof.records.nearest import nearest
from mailproof.records.plain import plain

#: The longest list whose addresses are corrected: no one has ten of 200 characters.
MAX_LIST = 2000
#: What people write instead of mailto, apart from misspellings.
_ALIASES = ("mail", "email", "e-mail", "mailbox")
#: mailto begins a new destination even without a separator.
_BEGINS = re.compile(r"(?<=[^\s,;|<(])(?=mailto[:;/=])", re.IGNORECASE)
#: ``mailto:Reports <d@acme.example>``
_DISPLAY_NAME = re.compile(r"(?:mailto:)?[^<>,;@:/]*<(?=[^<>\s]+@)", re.IGNORECASE)
_AT = re.compile(r"\s*(?:@+|\(at\)|\[at\]|%40)\s*", re.IGNORECASE)
#: ``d@acme.example (Bob)``
_NOTE = re.compile(r"\s\([^()@]*\)")
#: ``d@acme.example (or x@acme.example)``: only the author knows whether reports should go there too.
_NOTED = re.compile(r"\([^()]*@[^()]*\)")
_BETWEEN = re.compile(r"[\s,;|<>()\[\]{}]+")
_SCHEME = re.compile(r"(?P<word>[A-Za-z][A-Za-z-]{2,9})[:;/\\=]+")
_BARE_SCHEME = re.compile(r"[A-Za-z][A-Za-z-]{2,9}[:/\\=]*")
_APART = re.compile(r"(!\d+)\s+(?=[kmgt]b?\b)", re.IGNORECASE)
_SIZE = re.compile(r"!\d*\.?\d*\s?[A-Za-z]{0,3}\Z")
_LEGAL_SIZE = re.compile(r"!\d+[kmgt]?\Z", re.IGNORECASE)
_ADDRESS = re.compile(
    r"[A-Za-z0-9.#$%&'*+/?^_`{|}~-]+"
    r"@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+"
    r"(?:\?[!-+\--~]*)?"
)


def readable(value: str) -> bool:
    """Whether receivers can parse every destination of the list."""
    uris, problems = parse_uris(Tag("rua", value, 0, len(value)))
    return bool(uris) and not any(p.code in ("bad-uri", "unsupported-scheme") for p in problems)


def salvaged(value: str) -> str:
    """The list with each address in the form that receivers accept; "" if one of them is unclear.

    It contains exactly the addresses of the text: none is invented, none omitted.
    """
    if readable(value):
        return value
    if len(value) > MAX_LIST:
        return ""
    named = _DISPLAY_NAME.sub("mailto:", plain(value))
    named = _NOTE.sub(" ", named)
    text = _APART.sub(r"\1", _BEGINS.sub(",", _AT.sub("@", named)))
    found: list[str] = []
    for piece in _BETWEEN.split(text):
        rest = piece.strip("\"'") if piece.strip(":/\\=") else ""
        if not rest or _is_mailto(rest) or (found and _SIZE.fullmatch(rest)):
            continue
        if rest.lower().startswith(("https://", "http://")):
            found.append(rest)
            continue
        if not (address := _address(rest)):
            return ""
        found.append(f"mailto:{address}")
    if len(found) > 1 and _NOTED.search(named):
        return ""
    joined = ",".join(dict.fromkeys(found))
    return joined if joined and readable(joined) else ""


def is_destination(text: str) -> bool:
    """Whether a part of a record is a destination, or mailto without its address."""
    piece = plain(text)
    return _is_mailto(piece) or ("@" in piece and bool(salvaged(piece)))


def _is_mailto(piece: str) -> bool:
    """Whether it is only mailto, in any spelling; its address then follows."""
    return bool(_BARE_SCHEME.fullmatch(piece)) and _means_mailto(piece.rstrip(":/\\="))


def _means_mailto(word: str) -> bool:
    return word.lower() in _ALIASES or nearest(word, ("mailto",)) == ("mailto",)


def _address(piece: str) -> str:
    """The address in a part, without scheme; "" if there is none."""
    rest = piece
    while (scheme := _SCHEME.match(rest)) and _means_mailto(scheme["word"]):
        rest = rest[scheme.end() :]
    if rest == piece and rest[:6].lower() == "mailto":
        rest = rest[6:]
    rest = rest.lstrip(":/\\=.").rstrip(".,;:\"'")
    if not rest.isascii():  # an internationalized name
        local, at, domain = rest.rpartition("@")
        rest = f"{local}{at}{domain_to_ascii(domain)}"
    size = _SIZE.search(rest)
    if size is not None and not _LEGAL_SIZE.fullmatch(size.group()):
        rest, size = rest[: size.start()], None
    bare = rest[: size.start()] if size is not None else rest
    return rest if _ADDRESS.fullmatch(bare) else ""
