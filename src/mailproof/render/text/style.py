"""Colours, signs and cleaning: how anything is put on a terminal."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from mailproof.model import OutcomeStatus, Severity

#: From the terminal's own 16 colours, those that can be read on black and on white: yellow, cyan and blue
#: cannot, and text has the terminal's colour. What colour says, a sign or a word says too.
THEME = Theme(
    {
        "mp.pass": Style(color="green", bold=True),
        "mp.warn": Style(color="magenta", bold=True),
        "mp.fail": Style(color="red", bold=True),
        "mp.unknown": Style(bold=True),
        "mp.none": Style(dim=True),
        "mp.info": Style(bold=True),
        "mp.skipped": Style(dim=True),
        "mp.dim": Style(dim=True),
        "mp.head": Style(bold=True, underline=False),
        "mp.name": Style(bold=True),
        "mp.record": Style(),
        "mp.fault": Style(color="red", bold=True, underline=True),
    }
)


class Signs(Struct, frozen=True):
    """The signs beside every colour. ``arrow`` leads from one thing to the next."""

    ok: str
    warn: str
    fail: str
    unknown: str
    info: str
    skip: str
    none: str
    arrow: str
    branch: str
    last: str
    bar: str
    dot: str
    rule: str
    mark: str


UNICODE = Signs("✓", "!", "✗", "?", "i", "-", "–", "→", "├─ ", "└─ ", "│  ", "·", "─", "^")
ASCII = Signs("+", "!", "x", "?", "i", "-", "-", "->", "|- ", "`- ", "|  ", "-", "-", "^")

SEVERITY_STYLE = {Severity.ERROR: "mp.fail", Severity.WARNING: "mp.warn", Severity.INFO: "mp.info"}
STATUS_STYLE: dict[OutcomeStatus, str] = {
    "pass": "mp.pass",
    "warn": "mp.warn",
    "fail": "mp.fail",
    "unknown": "mp.unknown",
    "error": "mp.unknown",
    "skipped": "mp.skipped",
}
RESULT_STYLE = {
    "pass": "mp.pass",
    "fail": "mp.fail",
    "permerror": "mp.fail",
    "policy": "mp.fail",
    "softfail": "mp.warn",
    "temperror": "mp.unknown",
    "neutral": "mp.warn",
    "none": "mp.warn",
}

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


def sign_of(severity: Severity, signs: Signs) -> str:
    """The sign of a severity."""
    return {Severity.ERROR: signs.fail, Severity.WARNING: signs.warn, Severity.INFO: signs.info}[severity]


def result_text(result: str) -> Text:
    """A result word (pass, fail, …) in its colour."""
    return Text(clean(result), style=RESULT_STYLE.get(result, ""))


def seconds(value: float) -> str:
    """A duration for people."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 120:
        return f"{value:.1f} s"
    if value < 7200:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.1f} h"


def counted(count: float, word: str) -> str:
    """So many things, or one."""
    number = f"{count:.1f}".removesuffix(".0")
    return f"{number} {word}{'s' if count != 1 else ''}"


def days(count: int) -> str:
    """A number of days left, for people."""
    if count < 0:
        ago = -count - 1  # rounded down: -1 is anything under a day ago
        return f"expired {counted(ago, 'day')} ago" if ago else "expired within the last day"
    return f"{counted(count, 'day')} left"
