"""Octets as text by the charset that a message names, which may be any word at all."""

from __future__ import annotations

import codecs

#: What Python knows by name though no message is written in it. Punycode takes quadratic time.
_NO_CHARSETS = frozenset(
    ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
)


def decode_charset(raw: bytes, charset: str) -> str:
    """The text, with U+FFFD for what cannot be read. Raises LookupError for what is no charset."""
    try:
        name = codecs.lookup(charset).name
        if name.replace("_", "-") in _NO_CHARSETS:
            raise LookupError(charset)
        return raw.decode(name, "replace")
    except ValueError:  # a NUL or half a surrogate pair in the name
        raise LookupError(charset) from None
