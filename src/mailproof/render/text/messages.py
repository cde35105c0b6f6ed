"""Many messages as text: a line each, and the summary."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from mailproof.model.many_messages import MessageRow, MessagesSummary
from mailproof.render.look import Look
from mailproof.render.scorecard import RESULTS
from mailproof.render.sums import sums_of_messages
from mailproof.render.text.counts import render_sums
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean


class MessageLines:
    """Renders a line per message. ``folder``: messages have file names, otherwise numbers."""

    def __init__(self, look: Look, *, folder: bool) -> None:
        self._look = look
        width = max(60, min(200, look.width))
        self._label = 8 if not folder else 14 if width < 80 else min(40, width // 4)
        self._from = min(40, width // 4)
        self._columns = f"  {'message':<{self._label}} SPF DKIM DMARC {'From':<{self._from}} "

    def head(self) -> str:
        page = Page(self._look)
        page.row(Text(f"{self._columns}first finding", style="mp.dim"))
        return page.value

    def line(self, row: MessageRow) -> str:
        page = Page(self._look)
        status = "unknown" if row.verdict == "error" else row.verdict
        text = Text.assemble(
            (page.sign(status), f"mp.{status}"), " ", _cell(_named(row.source), self._label), " "
        )
        if row.verdict == "error":
            text.append(f"could not be read: {clean(row.reason)}")
        else:
            for result, width in ((row.spf, 4), (row.dkim, 5), (row.dmarc, 6)):
                mark = RESULTS.get(result, "none" if not result else "unknown")
                text.append(page.sign(mark), style=f"mp.{mark}").append(" " * (width - 1))
            text.append(_cell(row.from_domain or "-", self._from)).append(" ")
            if row.first is not None:
                finding = Text(f"{row.first.rule} {clean(row.first.message[: self._look.width])}")
                # Cut here: Rich takes 0.1 ms to cut a line with signs that are not ASCII.
                finding.truncate(self._look.width - len(self._columns), overflow="ellipsis")
                text.append(finding)
        page.row(text)
        return page.value


def render_messages(summary: MessagesSummary, titles: Mapping[str, str], look: Look, end: str = "") -> str:
    """Render the summary; ``titles`` maps rule ids to titles, ``end`` is the last line."""
    page = Page(look)
    page.blank()
    sums = sums_of_messages(summary, titles)
    page.line((sums.title, "mp.name"))
    render_sums(page, sums)
    page.blank()
    page.line(end or "done")
    return page.value


def _named(source: str) -> str:
    """The name of a message in its input: its number in an mbox, else its file name."""
    before, found, number = source.rpartition(" message ")
    del before
    return number if found and number.isdigit() else source.removeprefix("message ")


def _cell(text: str, width: int) -> str:
    """Text in a column; the end of one that is too long."""
    text = clean(text)
    if cell_len(text) > width:
        text = f"…{set_cell_size(text[::-1], width - 1)[::-1]}"
    return set_cell_size(text, width)
