"""What a renderer is given beside the reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mailproof.render.places import Anchor, no_anchor


def no_page(_: str) -> str:
    """Of no rule there is a page at hand."""
    return ""


class Brand(NamedTuple):
    """Whose report it is: texts, and a logo as a ``data:`` URI ("" where there is none)."""

    title: str = ""
    contact: str = ""
    logo: str = ""


class Look(NamedTuple):
    """How a report is to look where the format leaves room for it. A file has no colours and 100 columns.

    ``anchor`` says where a subject is written, for findings that are in no file, and ``root`` is the folder
    that paths are written from; ``page`` gives the page of a rule; ``warnings_fail`` says whether warnings
    make the exit code 1; ``brand`` is for reports that are handed over.
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


#: A terminal of which nothing is known.
SCREEN = Look(width=80)
#: A file, whose format leaves no more to say.
FILE = Look()
