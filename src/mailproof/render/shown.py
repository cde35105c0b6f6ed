"""Makes untrusted text safe to show, and formats numbers for people, for all output formats."""

from __future__ import annotations

import re
import unicodedata

from mailproof.printable import counted as counted

#: Folded white space of header fields (RFC 5322 section 2.2.3), and tabs.
_FOLDING = re.compile(r"\r?\n[ \t]+|\t")
#: Characters that reorder or hide text on a terminal (Unicode TR 36, CVE-2021-42574).
_BIDI = frozenset(
    "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)

#: Unicode categories of control, format and unassigned characters, and of all spaces.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"))


def clean(text: str, limit: int = 4000) -> str:
    """Make untrusted text safe to show: control and reordering characters are written as escapes.

    Text longer than ``limit`` characters is truncated, with a note.
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


def seconds(value: float) -> str:
    """Format a duration."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 120:
        return f"{value:.1f} s"
    if value < 7200:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.1f} h"
