"""The location of a finding in a file, for formats of pipelines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from mailproof.render.shown import clean

if TYPE_CHECKING:
    from mailproof.model import Finding

#: The file to name if the location of a domain is unknown.
NOWHERE = "mailproof.toml"


class Place(NamedTuple):
    """A line of a file, counted from 1; without ``column``, the whole line.

    ``end_column`` is exclusive.
    """

    file: str
    line: int = 1
    column: int | None = None
    end_column: int | None = None


#: Locates a subject or its record: in the zone, the list or the configuration.
Anchor = Callable[[str], Place | None]


def no_anchor(_: str) -> Place | None:
    """The default anchor: no subject has a known location."""
    return None


def place_of(finding: Finding, anchor: Anchor) -> Place | None:
    """The line of the record; if it is in no file, the line of the subject."""
    where = finding.location
    if where is not None and where.file:
        return Place(where.file, where.line or 1, where.column, where.end_column)
    return anchor(finding.subject)


def relative(file: str, root: str) -> str:
    """The path relative to ``root`` if it is below that folder, as pipelines expect it."""
    path = file.replace("\\", "/") if "\\" in root else file
    base = root.replace("\\", "/").rstrip("/")
    if base and path.startswith(f"{base}/"):
        path = path[len(base) + 1 :]
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path


def uri(file: str, root: str) -> str:
    """The path as a relative reference (RFC 3986), or as a file: URI if it is not below ``root``."""
    path = quote(relative(file, root).encode("utf-8", "surrogateescape"), safe="/-._~+@,=")
    return f"file://{path}" if path.startswith("/") else path


def shown_place(place: Place, root: str) -> str:
    """``file:line:column``, safe to show."""
    return f"{clean(relative(place.file, root))}:{place.line}:{place.column or 1}"
