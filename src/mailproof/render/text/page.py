"""The page on which sections write: a buffered Rich console with shared helpers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailproof.model import MAX_LOOKUPS, MAX_VOID_LOOKUPS, MxConnectionFacts, ReceivedHop, SpfFacts
from mailproof.render.look import SCREEN, Look
from mailproof.render.text.style import ASCII, THEME, UNICODE, Signs, clean
from mailproof.runners import disarmed

#: Minimum width of the flexible column, unless the names in other columns need the space.
NARROWEST = 20
#: Longer lines of prose are hard to read; tables may use the whole width.
PROSE = 100


class SpfRow(Struct, frozen=True):
    """A line of the SPF tree. ``total`` and ``voids`` are running counts; 0 if the term costs nothing."""

    prefix: str
    depth: int
    text: str
    total: int = 0
    voids: int = 0
    about: str = ""
    note: Text = Text()

    @property
    def over(self) -> bool:
        """Whether it exceeds the limit of lookups."""
        return self.total > MAX_LOOKUPS

    @property
    def over_voids(self) -> bool:
        """Whether it exceeds the limit of void lookups."""
        return self.voids > MAX_VOID_LOOKUPS


class Head(Protocol):
    """Starts a section of a domain, given its title, its rule id prefixes, and its line if it is healthy.

    Returns False if that line is enough: see ``Page.topic``.
    """

    def __call__(self, title: str, letters: tuple[str, ...], short: str) -> bool: ...


class Page:
    """Collects a report's output, 60 to 200 columns wide."""

    def __init__(self, look: Look = SCREEN, *, record: bool = False) -> None:
        self.width = max(60, min(200, look.width))
        self.signs: Signs = UNICODE if look.unicode else ASCII
        self.verbose = look.verbose
        self._healthy: list[tuple[str, str, str]] = []
        self._buffer = io.StringIO()
        self.console = Console(
            file=self._buffer,
            width=self.width,
            force_terminal=look.color,
            color_system="standard" if look.color else None,
            no_color=not look.color,
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
        """The output, without trailing white space and without commands that pipeline runners would obey."""
        text = "".join(f"{line.rstrip()}\n" for line in self._buffer.getvalue().splitlines())
        if self.signs is ASCII:
            text = text.replace("…", "~")  # an escape would be six columns wide
        return disarmed(text)

    def line(self, *parts: str | Text | tuple[str, str], indent: int = 0, hang: int = 2) -> None:
        """Write a wrapped paragraph; lines after the first are indented by ``hang`` more columns."""
        text = Text.assemble(*parts)
        width = min(self.width, PROSE + indent) - indent
        rows = self._wrapped(text, width, hang) if text.cell_len > width else [text]
        for number, row in enumerate(rows):
            row.rstrip()
            if number:  # a folded word may have left a space
                row = row[len(row) - len(row.plain.lstrip()) :]
            self.console.print(Padding(row, (0, 0, 0, indent + (hang if number else 0))))

    def _wrapped(self, text: Text, width: int, hang: int) -> list[Text]:
        """Wrap the first line at full width, the others ``hang`` columns earlier."""
        first = text.wrap(self.console, max(20, width), overflow="fold")[0]
        taken = len(first.plain.rstrip())
        rest = text[taken + len(text.plain[taken:]) - len(text.plain[taken:].lstrip()) :]
        return [first, *rest.wrap(self.console, max(20, width - hang), overflow="fold")]

    def verbatim(self, text: str, *, indent: int = 0) -> None:
        """Write text to copy: not wrapped by words, only folded at the edge if too long."""
        self.console.print(
            Padding(Text(clean(text), style="mp.record", overflow="fold"), (0, 0, 0, indent)), soft_wrap=False
        )

    def paste(self, text: str, *, indent: int = 0) -> None:
        """Write a record to paste, on a single line whatever its length, so that it can be copied intact."""
        self.console.print(Text(" " * indent + clean(text), style="mp.record"), soft_wrap=True)

    def row(self, text: Text) -> None:
        """Write a line, truncated at the width. Without colours this bypasses Rich, which takes 0.5 ms."""
        if self.console.no_color:
            text.rstrip()
            text.truncate(self.width, overflow="ellipsis")
            self._buffer.write(f"{text.plain}\n")
        else:
            self.console.print(text, no_wrap=True, overflow="ellipsis")

    def field(self, label: str, value: str, *, style: str = "") -> None:
        """Write a label and a value that is safe to show."""
        self.line((f"{label:<12}", "mp.dim"), (value, style), indent=2, hang=12)

    def spf_tree(self, rows: Sequence[SpfRow]) -> None:
        """Write the terms of SPF records with the running counts."""
        self.line(("total  void  term", "mp.dim"), indent=2)
        for row in rows:
            self.line(
                (f"{row.total or '':>5}", "mp.fail" if row.over else ""),
                "  ",
                (f"{row.voids or '':>4}", "mp.fail" if row.over_voids else ""),
                "  ",
                (row.prefix, "mp.dim"),
                (row.text, "mp.record"),
                (f"  {row.about}" if row.about else "", "mp.dim"),
                row.note,
                indent=2,
                hang=13 + len(row.prefix),
            )

    def picture(self, of: SpfFacts | Sequence[ReceivedHop] | Sequence[MxConnectionFacts]) -> None:
        """Does nothing: text has no pictures."""

    def blank(self) -> None:
        self.console.print()

    def sign(self, status: str) -> str:
        """The sign for the status of an outcome, a verdict or a mark."""
        signs = self.signs
        known = {"pass": signs.ok, "warn": signs.warn, "fail": signs.fail, "none": signs.none}
        return known.get(status, signs.skip if status == "skipped" else signs.unknown)

    def topic(self, title: str, status: str, note: Text | str, short: str, *, about: str = "") -> bool:
        """Write a section's head; returns whether to write its details. A healthy one is a line at the end.

        ``short`` is that line, without its title; ``about`` is the domain, if there are several.
        """
        if status in ("pass", "none") and short and not self.verbose:
            self._healthy.append((title, status, f"{about}: {short}" if about else short))
            return False
        self.heading(f"{title} {self.signs.dot} {about}" if about else title, note)
        return True

    def healthy(self) -> None:
        """Write the healthy topics, a line each."""
        if not self._healthy:
            return
        self.heading("Also checked")
        rows = [
            (Text(self.sign(status), f"mp.{status}"), Text(title, "mp.name"), short)
            for title, status, short in self._healthy
        ]
        self.table(("", "", ""), rows)
        self._healthy.clear()

    def heading(self, title: str, note: Text | str = "") -> None:
        """Write a section's head, with a rule across the page."""
        self.blank()
        head = Text.assemble((f"{title} ", "mp.head"))
        note_text = note if isinstance(note, Text) else Text(note)
        left = self.width - head.cell_len - note_text.cell_len - (1 if note_text else 0)
        head.append(self.signs.rule * max(3, left), style="mp.dim")
        if note_text:
            head.append(" ").append_text(note_text)
        self.console.print(head, overflow="ellipsis", no_wrap=True)

    def fits(self, columns: int) -> bool:
        """Whether that many columns fit."""
        return columns <= self.width

    def table(
        self,
        columns: Iterable[str],
        rows: Iterable[Iterable[str | Text]],
        *,
        indent: int = 2,
        flexible: int = -1,
    ) -> None:
        """Write an aligned table. Cells wrap; the column ``flexible`` takes the remaining width."""
        names = tuple(columns)
        flexible %= len(names)
        lines = [[cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row] for row in rows]
        if not lines:
            return
        widest = [
            max(len(name), *(line[number].cell_len for line in lines)) for number, name in enumerate(names)
        ]
        room = self.width - indent - 2 * len(names)
        words = [
            max([len(name), *(cell_len(word) for line in lines for word in line[number].plain.split())])
            for number, name in enumerate(names)
        ]
        words[flexible] = max(words[flexible], min(widest[flexible], NARROWEST))
        widths = _shared_out(widest, words, room, flexible)
        if sum(widths) > room:
            self._stacked(names, lines, widest, indent, flexible)
            return
        table = Table(
            box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="mp.dim", show_header=any(names)
        )
        for name, width in zip(names, widths, strict=True):
            table.add_column(name, overflow="fold", width=width)
        for line in lines:
            table.add_row(*line)
        self.console.print(Padding(table, (0, 0, 0, indent)))

    def _stacked(
        self, names: tuple[str, ...], lines: list[list[Text]], widest: list[int], indent: int, flexible: int
    ) -> None:
        """Write a table that is too wide: as many cells per line as fit, ``flexible`` on a separate line.

        Nothing is broken: host names, addresses and URLs stay intact. If no head fits, cells are labelled.
        """
        heads = [Text(name, "mp.dim") for name in names]
        beside = sum(widest) - widest[flexible] + 2 * len(names)
        if beside > self.width - indent:
            plain = (0, flexible if flexible == len(names) - 1 else 0)  # a name, and prose at the end
            labels = [Text() if number in plain else head for number, head in enumerate(heads)]
            lines = [[*map(_labelled, labels, row)] for row in lines]
            widest = [max(cell.cell_len for cell in column) for column in zip(*lines, strict=True)]
        elif any(names):
            lines = [heads, *lines]
        for row in lines:
            text, column = Text(), 0
            for number, cell in enumerate(row):
                if number == flexible or (not cell and text):
                    continue
                if text and column + cell.cell_len > self.width - indent:
                    self._print_row(text, indent)
                    text, column = Text(), 4
                text.append(" " * (column - text.cell_len)).append_text(cell)
                column += widest[number] + 2
            self._print_row(text, indent)
            if row[flexible]:
                self.line(row[flexible], indent=indent + 4, hang=0)

    def _print_row(self, text: Text, indent: int) -> None:
        lead = len(text) - len(text.plain.lstrip())
        self.line(text[lead:], indent=indent + lead)


def _labelled(head: Text, cell: Text) -> Text:
    return Text.assemble(head, " ", cell) if head and cell else cell


def _shared_out(widest: list[int], words: list[int], room: int, flexible: int) -> list[int]:
    """The column widths: full if they fit beside the flexible one, else at least the longest word."""
    others = sum(widest) - widest[flexible]
    if others + words[flexible] <= room:
        return [
            min(room - others, width) if number == flexible else width for number, width in enumerate(widest)
        ]
    widths, left = list(words), room - sum(words)
    for number in sorted(range(len(words)), key=lambda each: (each == flexible, widest[each] - words[each])):
        more = max(0, min(left, widest[number] - widths[number]))
        widths[number] += more
        left -= more
    return widths
