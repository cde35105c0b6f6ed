"""DNS data as text, and text as DNS names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, cast

from dns.rdata import Rdata
from dns.rdatatype import CNAME, DNAME, MX, NS, PTR, SPF, TXT

from mailproof.errors import UsageError
from mailproof.names import a_labels

if TYPE_CHECKING:
    from dns.rdtypes.mxbase import MXBase
    from dns.rdtypes.nsbase import NSBase
    from dns.rdtypes.txtbase import TXTBase

#: Strings that a TXT record can need: 64 KiB in strings of 255 octets.
_MOST_STRINGS = 260
_NAMES = (CNAME, DNAME, NS, PTR)


def txt_bytes(record: Rdata) -> bytes:
    """The strings of a TXT record joined without spaces (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2)."""
    return b"".join(cast("TXTBase", record).strings)


def decode_txt(raw: bytes) -> str:
    """Decode octets of a record: as UTF-8 if valid, else one character per octet (Latin-1).

    Never raises, so that we can point at the characters at fault in a broken record.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def txt_text(record: Rdata) -> str:
    """A TXT record as one text."""
    return decode_txt(txt_bytes(record))


def txt_seams(record: Rdata) -> tuple[int, ...]:
    """The offsets in a TXT record's text at which its strings meet, in characters; none if too many."""
    strings: tuple[bytes, ...] = cast("TXTBase", record).strings
    if not 1 < len(strings) <= _MOST_STRINGS:
        return ()
    ends = accumulate(len(string) for string in strings[:-1])
    whole = txt_bytes(record)
    return tuple(len(decode_txt(whole[:end])) for end in ends)


def record_text(record: Rdata) -> str:
    """Any record as text: TXT joined and unquoted, names in lower case without the final dot."""
    if record.rdtype in (TXT, SPF):
        return txt_text(record)
    if record.rdtype in _NAMES:
        return name_text(cast("NSBase", record).target)
    if record.rdtype == MX:
        mx = cast("MXBase", record)
        return f"{mx.preference} {name_text(mx.exchange)}"
    return record.to_text()


def name_text(name: object) -> str:
    """A dnspython name (or text) in lower case without the final dot; the root is ``.``."""
    return str(name).lower().rstrip(".") or "."


def normalize(name: str) -> str:
    """A DNS name in lower case without the final dot, for use as a key. The root is ``.``."""
    text = name.lower()
    return text[:-1] if text[-1:] == "." and text != "." else text


def upward(name: str) -> Iterator[str]:
    """The name and the names above it, without the root."""
    while name and name != ".":
        yield name
        name = name.partition(".")[2]


def to_ascii(domain: str) -> str:
    """A domain in A-labels, lower case, without the final dot (IDNA 2008 with UTS 46 mapping).

    Takes U-labels or A-labels, and underscores. Raises UsageError with one clear line for anything else.
    """
    text = domain.strip().rstrip(".")
    shown = repr(domain) if len(domain) <= 80 else f"{domain[:40]!r}…"
    if not text:
        raise UsageError("the domain is empty: give a name like example.org")
    try:
        ascii_name = a_labels(text)
    except UnicodeError as error:
        fault = str(error)[:100]
        raise UsageError(f"{shown} is not a valid internationalized domain name: {fault}") from error
    labels = ascii_name.split(".")
    for label in labels:
        if not label:
            raise UsageError(f"{shown} is not a domain name: it has an empty label (two dots in a row)")
        if len(label) > 63:
            raise UsageError(f"{shown} is not a domain name: a label has more than 63 characters")
        if not all(c.isalnum() or c in "-_" for c in label):
            bad = next(c for c in label if not (c.isalnum() or c in "-_"))
            raise UsageError(f"{shown} is not a domain name: it may not contain {bad!r}")
    if len(ascii_name) > 253:
        raise UsageError(f"{shown} is not a domain name: it has more than 253 characters")
    return ascii_name


def to_unicode(domain: str) -> str:
    """The U-label form of a domain for display; the domain itself if it has none."""
    if "xn--" not in domain:
        return domain
    import idna

    try:
        return idna.decode(domain)
    except UnicodeError:
        return domain
