"""Where a finding is, in a file that people can open: formats for pipelines point there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mailproof.render.shown import clean

if TYPE_CHECKING:
    from mailproof.model import Finding

#: The file named where nothing else says where a domain is kept.
NOWHERE = "mailproof.toml"


class Place(NamedTuple):
    """A line of a file, counted from 1. Without ``column`` the whole line is meant.

    ``end_column`` is the one behind the last character.
    """

    file: str
    line: int = 1
    column: int | None = None
    end_column: int | None = None


#: Where the record of a subject, or the subject itself, is written: the zone, the list or the configuration.
Anchor = Callable[[str], Place | None]


def no_anchor(_: str) -> Place | None:
    """Of no subject it is known where it is written."""
    return None


def place_of(finding: Finding, anchor: Anchor) -> Place | None:
    """The line of the record; where it is in no file, the line that the subject is written in."""
    where = finding.location
    if where is not None and where.file:
        return Place(where.file, where.line or 1, where.column, where.end_column)
    return anchor(finding.subject)


def relative(file: str, root: str) -> str:
    """The path from the folder ``root`` where it is below it, as pipelines want it."""
    path = file.replace("\\", "/") if "\\" in root else file
    base = root.replace("\\", "/").rstrip("/")
    if base and path.startswith(f"{base}/"):
        path = path[len(base) + 1 :]
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path


def uri(file: str, root: str) -> str:
    """The path as a relative reference of RFC 3986, or a file: URI where it is not below ``root``."""
    from urllib.parse import quote

    path = quote(relative(file, root).encode("utf-8", "surrogateescape"), safe="/-._~+@,=")
    return f"file://{path}" if path.startswith("/") else path


def shown_place(place: Place, root: str) -> str:
    """``file:line:column``, safe to show."""
    return f"{clean(relative(place.file, root))}:{place.line}:{place.column or 1}"
