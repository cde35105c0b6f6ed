"""Decoding by the charset that a message declares, which may be any word at all."""

from __future__ import annotations

import codecs

#: Python codecs that are not charsets of messages. Punycode decodes in quadratic time.
_NO_CHARSETS = frozenset(
    ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
)
#: Registered names (IANA) that Python does not know, or knows by another name; those of no codec as octets.
_REGISTERED = (
    {f"iso-8859-{part}-{kind}": f"iso-8859-{part}" for part in (6, 8) for kind in "ei"}
    | {"windows-874": "cp874", "windows-31j": "cp932", "cswindows31j": "cp932"}
    | dict.fromkeys(("unknown-8bit", "viscii", "iso-10646-utf-1", "bocu-1", "scsu"), "latin-1")
)


def utf8_if_valid(text: str) -> str:
    """Decode a Latin-1 text as UTF-8 if its octets are that; else return it unchanged."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def decode_charset(raw: bytes, charset: str) -> str:
    """Decode, with U+FFFD for undecodable octets. Raises LookupError if ``charset`` is not a charset."""
    try:
        name = codecs.lookup(_REGISTERED.get(charset.lower(), charset)).name
        if name.replace("_", "-") in _NO_CHARSETS:
            raise LookupError(charset)
        return raw.decode(name, "replace")
    except ValueError:  # a NUL or half a surrogate pair in the name
        raise LookupError(charset) from None
