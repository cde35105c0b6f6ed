"""Options that renderers receive along with the reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mailproof.render.places import Anchor, no_anchor


def no_page(_: str) -> str:
    """The default for ``Look.page``: no rule has a page."""
    return ""


class Brand(NamedTuple):
    """Whose report it is: texts, and a logo as a ``data:`` URI ("" for none)."""

    title: str = ""
    contact: str = ""
    logo: str = ""


class Look(NamedTuple):
    """The appearance of a report, as far as the format allows. The defaults are for files.

    ``anchor`` locates a subject for findings without a file, and paths are written relative to ``root``;
    ``page`` returns the page of a rule; ``warnings_fail``: warnings make the exit code 1; ``brand`` is for
    reports that are handed over.
    """

    width: int = 100
    color: bool = False
    unicode: bool = True
    verbose: int = 0
    quiet: bool = False
    anchor: Anchor = no_anchor
    root: str = ""
    page: Callable[[str], str] = no_page
    warnings_fail: bool = False
    brand: Brand = Brand()


#: A terminal with unknown properties.
SCREEN = Look(width=80)
#: A plain file.
FILE = Look()
