"""Removes what pasting leaves in record texts: quotes, escapes, invisible characters, the name."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

TYPOGRAPHIC_QUOTES = "\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u201f"
QUOTES = f"\"'`{TYPOGRAPHIC_QUOTES}"
#: Zero-width characters, direction marks, and the soft hyphen.
INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\ufeff\u00ad\u180e"
)
SPACES = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_TABLE: dict[int, str | None] = {
    **{ord(char): None for char in QUOTES + INVISIBLE + "\\"},
    **{ord(char): " " for char in SPACES},
    **{ord(char): "-" for char in DASHES},
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full-width ASCII
    0x037E: ";",  # the Greek question mark looks like a semicolon
}
#: Typographic marks, no-break spaces and the like, in UTF-8 that was decoded as Windows-1252.
MANGLED = re.compile(r"\u00c2[\u0080-\u00bf]|\u00e2[\u20ac\u0080][^\x00-\x7f]|\u00ef\u00bb\u00bf")
#: HTML tags and character references; one that was escaped twice begins with "amp;".
MARKUP = re.compile(
    r"&(?:amp;){0,3}(#\d{1,5}|#x[0-9a-f]{1,4}|[a-z]{2,8});"
    r"|</?(?:[abip]|br|code|div|em|font|h[1-6]|li|pre|span|strong|t[dr]|tt|ul)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
#: The beginning of a record as it is in a URL.
_ENCODED = re.compile(r"v(?:%3D[a-z]|=[a-z]{3,7}1(?:%3B|%20))", re.IGNORECASE)
#: Percent-encoded spaces.
_SPACE = re.compile(r"(?<=;)(?:%20)+")
#: Escapes of zone files (RFC 1035 section 5.1): ``\059`` is a semicolon.
_DECIMAL = re.compile(r"\\(0[3-9][0-9]|1[01][0-9]|12[0-6])")
#: Newlines and tabs as escaped in programming languages, before a tag.
_NEWLINE = re.compile(r"(?<=;)(?:\\[nrt])+(?=[a-z]{1,9}\s*=|\Z)", re.IGNORECASE)
#: The boundary between two strings in a zone file, which are joined without a space.
_SEAM = re.compile(r"(?<=[^\\])\"\s+\"(?=[^\s\"])")

#: What forms, zone files and JSON have after the value: its TTL, and closing brackets.
TTL = re.compile(r"(?:ttl[\s:=]{1,3})?[0-9]{3,6}", re.IGNORECASE)
TAIL = re.compile(rf"(?:[\s,;]+{TTL.pattern})?[\s\]}})]*\Z", re.IGNORECASE)

#: The number of characters that are searched for a name.
_HEAD = 400
_LABELS = r"_dmarc|_domainkey|_mta-sts|_smtp\._tls|_tls|_bimi"
_PASTED = re.compile(
    r"""[\s"'(]*
    (?P<name>[A-Za-z0-9_@*][A-Za-z0-9_.*-]{0,252})
    (?:\s*[:=]+\s*|\s+)
    (?:\d{1,9}\s+)?(?:IN\s+)?(?:TXT\b\s*[:=]?\s*)?
    [\s"'(]*(?=[vkp]\s*[=:])""",
    re.VERBOSE | re.IGNORECASE,
)
_GLUED = re.compile(rf"(?P<name>(?:[A-Za-z0-9_-]{{1,63}}\.)?(?:{_LABELS}))[\"']*(?=v\s*=)", re.IGNORECASE)
_COLUMN = re.compile(
    r"""[\s"'(]*(?:txt|value|content|data|record|spf|dkim|dmarc|(?:mta-)?sts|(?:smtp-)?tls-?(?:rpt)?|bimi)
    (?:\s+(?:record|value|policy|key))?(?:\s*[:=]+\s*|\s+)[\s"'(]*(?=v\s*=)""",
    re.VERBOSE | re.IGNORECASE,
)


def unmangled(text: str) -> str:
    """Undo the decoding of UTF-8 as Windows-1252 (``â€œ``), HTML, and the percent-encoding of a URL."""
    text = percent_decoded(text) or text
    text = text if text.isascii() else MANGLED.sub(_read_again, text)
    return MARKUP.sub(_character, text) if "&" in text or "<" in text else text


def percent_decoded(text: str) -> str:
    """The record in a text that is percent-encoded, as in a URL; "" for all other texts."""
    found = unquote(text) if _ENCODED.match(text) else ""
    return found if found.isascii() and found.isprintable() else ""


def plain(text: str) -> str:
    """The text as intended: look-alikes become printable ASCII, runs of white space a single space.

    Quotation marks and backslashes are removed, and quoted strings are joined.
    """
    joined = _NEWLINE.sub(" ", _SEAM.sub("", unmangled(text)))
    joined = _DECIMAL.sub(lambda found: chr(int(found[1])), joined)
    joined = _SPACE.sub(" ", joined)
    return " ".join(joined.translate(_TABLE).split())


def pasted_name(text: str) -> tuple[str, str]:
    """Split off a DNS name that was pasted before a record (``_dmarc: v=DMARC1…``).

    Returns ("", text) if there is none. A title (``TXT v=spf1``, ``DMARC: v=DMARC1``) is removed, but is not
    a name.
    """
    head = text[:_HEAD]
    if found := _COLUMN.match(head):
        return "", text[found.end() :].rstrip(" \t)")
    found = _GLUED.match(head) or _PASTED.match(head)
    if found is None or not _is_name(found["name"]):
        return "", text
    return found["name"].lower().rstrip("."), text[found.end() :].rstrip(" \t)")


def _read_again(found: re.Match[str]) -> str:
    octets = b"".join(
        bytes([ord(char)]) if char <= "\xff" else char.encode("cp1252", "replace") for char in found[0]
    )
    return octets.decode("utf-8", "replace")


def _character(found: re.Match[str]) -> str:
    return unescape(f"&{found[1]};") if found[1] else " "


def _is_name(text: str) -> bool:
    """Whether it is the name of a record rather than some other word before it."""
    if text == "@":
        return True
    labels = text.rstrip(".").split(".")
    return all(labels) and ("_" in text or len(labels) > 1) and not labels[-1].isdigit()
