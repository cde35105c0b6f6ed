"""The page that sections write on: a Rich console into a buffer, with the helpers they share."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailproof.render.text.style import ASCII, THEME, UNICODE, Signs, clean

#: No column that takes what is left gets narrower than this, so that names in the others stay whole.
NARROWEST = 20
#: Wider lines than this are hard to read; tables may still use the whole width.
PROSE = 100


class Page:
    """Collects a report's output. ``width`` in columns, 60 to 200."""

    def __init__(
        self, *, width: int = 80, color: bool = False, unicode: bool = True, record: bool = False
    ) -> None:
        self.width = max(60, min(200, width))
        self.signs: Signs = UNICODE if unicode else ASCII
        self._buffer = io.StringIO()
        self.console = Console(
            file=self._buffer,
            width=self.width,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            theme=THEME,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            record=record,
            _environ={},
        )

    @property
    def value(self) -> str:
        """All that was written, without white space at the ends of lines."""
        return "".join(f"{line.rstrip()}\n" for line in self._buffer.getvalue().splitlines())

    def line(self, *parts: str | Text | tuple[str, str], indent: int = 0, hang: int = 2) -> None:
        """One paragraph, wrapped; later lines are indented ``hang`` columns more."""
        text = Text.assemble(*parts)
        width = min(self.width, PROSE + indent) - indent
        rows = (
            text.wrap(self.console, max(20, width - hang), overflow="fold") if len(text) > width else [text]
        )
        for number, row in enumerate(rows):
            row.rstrip()
            self.console.print(Padding(row, (0, 0, 0, indent + (hang if number else 0))))

    def verbatim(self, text: str, *, style: str = "mp.record", indent: int = 0) -> None:
        """Something to copy: never re-wrapped by words, folded at the edge only where it must be."""
        self.console.print(
            Padding(Text(clean(text), style=style, overflow="fold"), (0, 0, 0, indent)), soft_wrap=False
        )

    def paste(self, text: str, *, indent: int = 0) -> None:
        """A record to paste: on one line whatever its length, so that copying it gives it whole."""
        self.console.print(Text(" " * indent + clean(text), style="mp.record"), soft_wrap=True)

    def blank(self) -> None:
        """An empty line."""
        self.console.print()

    def heading(self, title: str, note: Text | str = "") -> None:
        """A section's head, with a rule across the page."""
        self.blank()
        head = Text.assemble((f"{title} ", "mp.head"))
        note_text = note if isinstance(note, Text) else Text(note)
        left = self.width - len(head) - note_text.cell_len - (1 if note_text else 0)
        head.append(self.signs.rule * max(3, left), style="mp.dim")
        if note_text:
            head.append(" ").append_text(note_text)
        self.console.print(head, overflow="ellipsis", no_wrap=True)

    def table(
        self,
        columns: Iterable[str],
        rows: Iterable[Iterable[str | Text]],
        *,
        indent: int = 2,
        flexible: int = -1,
    ) -> None:
        """An aligned table. Cells wrap; the column ``flexible`` takes what is left."""
        names = tuple(columns)
        flexible %= len(names)
        lines = [[cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row] for row in rows]
        if not lines:
            return
        widest = [
            max(len(name), *(line[number].cell_len for line in lines)) for number, name in enumerate(names)
        ]
        fixed = sum(widest) - widest[flexible] + 2 * len(names)
        room = self.width - indent - fixed
        whole = room >= min(widest[flexible], NARROWEST)
        if not whole and fixed <= self.width - indent:
            self._stacked(names, lines, widest, indent, flexible)
            return
        table = Table(
            box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="mp.dim", show_header=any(names)
        )
        for number, name in enumerate(names):
            last = number == flexible
            table.add_column(
                name,
                overflow="fold",
                ratio=1 if last else None,
                min_width=widest[number] if whole and not last else None,
            )
        for line in lines:
            table.add_row(*line)
        self.console.print(Padding(table, (0, 0, 0, indent)))

    def _stacked(
        self, names: tuple[str, ...], lines: list[list[Text]], widest: list[int], indent: int, flexible: int
    ) -> None:
        """A table too wide for the page: the column ``flexible`` on lines of its own."""
        rows = [[Text(name, "mp.dim") for name in names], *lines] if any(names) else lines
        for row in rows:
            cells = [
                (cell, width)
                for number, (cell, width) in enumerate(zip(row, widest, strict=True))
                if number != flexible
            ]
            text = Text()
            for cell, width in cells:
                text.append_text(cell).append(" " * (width - cell.cell_len + 2))
            text.rstrip()
            self.console.print(Padding(text, (0, 0, 0, indent)))
            if row[flexible]:
                self.line(row[flexible], indent=indent + 4, hang=0)
