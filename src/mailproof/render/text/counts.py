"""A table of counts: a name, a number, its share, and a bar if there is room."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from mailproof.render.sums import Line, Sums
from mailproof.render.text.page import PROSE, Page
from mailproof.render.text.style import clean

#: Maximum and minimum width of a bar.
_BAR, _LEAST_BAR = 20, 8
#: Widths of a number and of a share.
_NUMBER, _SHARE = 11, 8


def render_sums(page: Page, sums: Sums) -> None:
    """The notes and the tables."""
    for note in sums.notes:
        page.line(note, indent=2)
    for title, rows in sums.tables:
        _render_counts(page, title, rows)


def _render_counts(page: Page, title: str, rows: Sequence[Line]) -> None:
    """Write a table unless it is empty. Long names are truncated; shares range from 0 to 1."""
    if not rows:
        return
    page.heading(title)
    whole = min(page.width, PROSE) - 2
    longest = max(cell_len(clean(name)) for name, _, _ in rows)
    room = min(max(longest, whole - _NUMBER - _SHARE - 1 - _BAR), whole - _NUMBER - _SHARE)
    width = whole - room - _NUMBER - _SHARE - 1
    block = ("█" if page.signs.ok == "✓" else "#") if width >= _LEAST_BAR else ""
    for name, number, share in rows:
        shown = clean(name)
        cell = shown if cell_len(shown) <= room else f"{set_cell_size(shown, room - 1)}…"
        page.line(
            f"{set_cell_size(cell, room)} {number:>{_NUMBER - 1},}",
            f" {share:>{_SHARE - 1}.1%}",
            (f" {bar}" if (bar := block * round(share * width)) else "", "mp.dim"),
            indent=2,
        )
