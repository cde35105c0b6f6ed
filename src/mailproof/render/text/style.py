"""Colours and signs for the terminal."""

from __future__ import annotations

from msgspec import Struct
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from mailproof.model import Severity
from mailproof.render.scorecard import RESULTS
from mailproof.render.shown import clean as clean
from mailproof.render.shown import counted as counted

#: Only those of the terminal's 16 colours that are readable on both black and white: not yellow, cyan or
#: blue. Text has the default colour. Signs or words repeat what colours say.
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
    """The signs that accompany colours, and other symbols."""

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
    """A coloured result word (pass, fail, …)."""
    mark = RESULTS.get(result)
    return Text(clean(result), style=f"mp.{mark}" if mark else "")


def days(count: int) -> str:
    """The number of days until, or since, expiry."""
    if count < 0:
        ago = -count - 1  # rounded down: -1 is anything under a day ago
        return f"expired {counted(ago, 'day')} ago" if ago else "expired within the last day"
    return f"{counted(count, 'day')} left"
