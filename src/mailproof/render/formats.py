"""The formats of a report, in one registry: a new one is a function and a line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from mailproof.model import Report
    from mailproof.render.verdict import Verdict


class Look(NamedTuple):
    """How a report is to look where the format leaves room for it. A file has no colours and 100 columns."""

    width: int = 100
    color: bool = False
    unicode: bool = True
    verbose: int = 0
    quiet: bool = False


Closing = Callable[[Sequence[tuple[str, "Verdict"]], int, Look], str]


class Format(NamedTuple):
    """One format: its name for ``-f``, the endings of its files, and the function that renders reports.

    ``takes`` says how many reports it is given: ``each`` one at a time, as they come, with ``between``
    between two; ``all`` together at the end; ``one`` where it has room for no more. ``modules`` are those
    that ``render`` loads when it is first called.
    """

    name: str
    endings: tuple[str, ...]
    takes: Literal["each", "all"]
    render: Callable[[Sequence[Report], Look], str]
    between: str = ""
    close: Closing | None = None
    modules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def _text(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.text import render_text

    return render_text(
        reports,
        width=look.width,
        color=look.color,
        unicode=look.unicode,
        verbose=look.verbose,
        quiet=look.quiet,
    )


def _closing(found: Sequence[tuple[str, Verdict]], code: int, look: Look) -> str:
    from mailproof.render.text import render_closing

    return render_closing(found, code, width=look.width, color=look.color, unicode=look.unicode)


def _json(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.json import render_json

    return render_json(reports[0] if len(reports) == 1 else reports)


def _svg(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.text import render_svg

    return render_svg(reports, verbose=look.verbose, quiet=look.quiet)


_SHOWN = ("mailproof.render.text", "mailproof.render.text.domain", "rich.table")

FORMATS = (
    Format("text", (".txt",), "each", _text, between="\n\n", close=_closing, modules=_SHOWN),
    Format("json", (".json",), "all", _json, modules=("mailproof.render.json",)),
    Format("svg", (".svg",), "all", _svg, modules=_SHOWN),
)
TEXT = FORMATS[0]


def named(name: str) -> Format | None:
    """The format of that name; None where there is none."""
    return next((each for each in FORMATS if each.name == name), None)


def by_ending(ending: str) -> Format | None:
    """The format of files that end so (``.json``); None where there is none."""
    return next((each for each in FORMATS if ending.lower() in each.endings), None)
