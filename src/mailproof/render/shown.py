"""Text from outside made safe to show, and numbers for people: in any format."""

from __future__ import annotations

import re
import unicodedata

#: Folded white space of header fields (RFC 5322 section 2.2.3), and tabs.
_FOLDING = re.compile(r"\r?\n[ \t]+|\t")
#: Characters that reorder or hide text on a terminal (Unicode TR 36, CVE-2021-42574).
_BIDI = frozenset(
    "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)

#: Control, format and unassigned characters, and every space but the plain one.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"))


def clean(text: str, limit: int = 4000) -> str:
    """Text from outside made safe to show: control and reordering characters are written as escapes.

    Longer text than ``limit`` characters is cut, and says so.
    """
    if len(text) > limit:
        text = f"{text[:limit]}… ({counted(len(text) - limit, 'more character')})"
    if text.isascii() and text.isprintable():
        return text
    text = _FOLDING.sub(" ", text)
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == " ":
        return character
    if character in _BIDI or unicodedata.category(character) in _HIDDEN:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def counted(count: float, word: str) -> str:
    """So many things, or one."""
    number = f"{count:.1f}".removesuffix(".0")
    return f"{number} {word}{'s' if count != 1 else ''}"


def seconds(value: float) -> str:
    """A duration for people."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 120:
        return f"{value:.1f} s"
    if value < 7200:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.1f} h"
