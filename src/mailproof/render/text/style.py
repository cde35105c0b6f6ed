"""Colours, signs and cleaning: how anything is put on a terminal."""

from __future__ import annotations

from msgspec import Struct
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from mailproof.model import Severity
from mailproof.render.scorecard import RESULTS
from mailproof.render.shown import clean as clean
from mailproof.render.shown import counted as counted

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


def sign_of(severity: Severity, signs: Signs) -> str:
    """The sign of a severity."""
    return {Severity.ERROR: signs.fail, Severity.WARNING: signs.warn, Severity.INFO: signs.info}[severity]


def result_text(result: str) -> Text:
    """A result word (pass, fail, …) in its colour."""
    mark = RESULTS.get(result)
    return Text(clean(result), style=f"mp.{mark}" if mark else "")


def days(count: int) -> str:
    """A number of days left, for people."""
    if count < 0:
        ago = -count - 1  # rounded down: -1 is anything under a day ago
        return f"expired {counted(ago, 'day')} ago" if ago else "expired within the last day"
    return f"{counted(count, 'day')} left"
