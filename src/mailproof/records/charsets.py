"""Decoding by the charset that a message declares, which may be any word at all."""

from __future__ import annotations

import codecs

#: Python codecs that are not charsets of messages. Punycode decodes in quadratic time.
_NO_CHARSETS = frozenset(
    ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
)


def decode_charset(raw: bytes, charset: str) -> str:
    """Decode, with U+FFFD for undecodable octets. Raises LookupError if ``charset`` is not a charset."""
    try:
        name = codecs.lookup(charset).name
        if name.replace("_", "-") in _NO_CHARSETS:
            raise LookupError(charset)
        return raw.decode(name, "replace")
    except ValueError:  # a NUL or half a surrogate pair in the name
        raise LookupError(charset) from None
