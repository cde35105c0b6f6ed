"""The placement table of a probe to several recipients."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from mailproof.model import Placement
from mailproof.render.placement import NONE, Cell, PlacementTable, placement_table
from mailproof.render.text.page import Page


def write_placement(page: Page, placements: Sequence[Placement]) -> None:
    """Write the differences in words, then a row per recipient, or a paragraph if that is too wide."""
    found = placement_table(placements)
    arrived = sum(each.result == "found" for each in placements)
    style = "mp.pass" if arrived == len(placements) else "mp.fail"
    page.heading("Placement", Text(f"{arrived} of {len(placements)} arrived", style))
    for sentence in found.differences:
        page.line((f"{page.signs.warn} ", "mp.warn"), sentence, indent=2)
    if not found.differences and arrived:
        page.line("The same at all receivers.", indent=2)
    page.blank()
    widths = [
        max(len(title), *(len(row[number].text) for row in found.rows))
        for number, title in enumerate(found.columns)
    ]
    if page.fits(sum(widths) + 2 * len(widths) + 2):
        page.table(found.columns, [[_text(page, cell) for cell in row] for row in found.rows])
    else:
        _lines(page, found)
    if found.reasons or found.legend:
        page.blank()
    for receiver, reason in found.reasons:
        page.line((f"{receiver}: ", "mp.name"), reason, indent=2)
    if found.legend:
        page.line((found.legend, "mp.dim"), indent=2)


def _lines(page: Page, found: PlacementTable) -> None:
    """A paragraph per recipient; a title and its value stay on one line."""
    for row in found.rows:
        page.line((row[0].text, "mp.name"), indent=2)
        line = Text()
        for title, cell in zip(found.columns[1:], row[1:], strict=True):
            if cell.text == NONE:
                continue
            part = Text.assemble((f"{title} ", "mp.dim"), _text(page, cell))
            if line and line.cell_len + 2 + part.cell_len > page.width - 4:
                page.line(line, indent=4)
                line = Text()
            line.append("  " if line else "").append_text(part)
        page.line(line, indent=4)


def _text(page: Page, cell: Cell) -> Text:
    style = f"mp.{cell.status}" if cell.status != "none" else ""
    return Text(cell.text.replace(NONE, page.signs.none), style)
