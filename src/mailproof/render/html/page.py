"""The ``Page`` on which the sections of the text report are written as HTML, a folded section per topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from mailproof.model import MxConnectionFacts, ReceivedHop, SpfFacts
from mailproof.render.html.markup import Html, element, inline, joined, text
from mailproof.render.html.pictures import Pictures
from mailproof.render.look import Look
from mailproof.render.text.page import Page, SpfRow

#: Longer words may be broken at the end of a line, so that tables don't get too wide.
LONG_WORD = 18


class _Section:
    """A section: its head, and the blocks written below it."""

    def __init__(self, title: str, note: Html, short: str, *, opened: bool) -> None:
        self.title, self.note, self.short, self.opened = title, note, short, opened
        self.blocks: list[Html] = []
        self.fields: list[Html] = []

    def end_fields(self) -> None:
        if self.fields:
            self.blocks.append(element("dl", *self.fields))
            self.fields = []


class HtmlPage(Page):
    """Collects sections; ``unfolded`` opens all of them, for printing.

    ``alone``: this is the only report, so sections with faults or pictures are open.
    """

    def __init__(self, pictures: Pictures, *, unfolded: bool = False, alone: bool = True) -> None:
        super().__init__(Look(verbose=1))
        self._pictures, self._unfolded, self._alone = pictures, unfolded, alone
        self._sections: list[_Section] = []

    @property
    def value(self) -> Html:
        return joined(*map(self._shown, self._sections))

    def _shown(self, section: _Section) -> Html:
        section.end_fields()
        head = element(
            "summary",
            element("h4", section.title),
            element("span", section.note, class_="note") if section.note else None,
            element("span", section.short, class_="short") if section.short else None,
        )
        inside = element("div", *section.blocks, class_="inside")
        return element(
            "details", head, inside, class_="topic", open=(section.opened and self._alone) or self._unfolded
        )

    def _append(self, block: Html) -> None:
        section = self._last
        section.end_fields()
        section.blocks.append(block)

    @property
    def _last(self) -> _Section:
        if not self._sections:
            self.heading("Details")
        return self._sections[-1]

    def heading(self, title: str, note: Text | str = "") -> None:
        self._sections.append(_Section(title, inline(note), "", opened=title == "Message"))

    def topic(self, title: str, status: str, note: Text | str, short: str, *, about: str = "") -> bool:
        """A separate section for each topic: a healthy one is folded, with its line in the head."""
        shown = Text(f"{self.sign(status)} passed", "mp.pass") if status == "pass" and not note else note
        whole = f"{title} {self.signs.dot} {about}" if about else title
        self._sections.append(_Section(whole, inline(shown), short, opened=status in ("fail", "warn")))
        return True

    def healthy(self) -> None:
        """Does nothing: healthy topics already have their own sections."""

    def blank(self) -> None:
        """Does nothing: spacing is up to the style sheet."""

    def line(self, *parts: str | Text | tuple[str, str], indent: int = 0, hang: int = 2) -> None:
        whole = Text.assemble(*parts)
        if whole.plain.strip():
            self._append(element("p", inline(whole), class_="line sub" if indent > 3 else "line"))

    def field(self, label: str, value: str, *, style: str = "") -> None:
        """A name and its value in a definition list."""
        self._last.fields += [
            *((element("dt", label),) if label else ()),
            element("dd", inline(Text(value, style))),
        ]

    def verbatim(self, text: str, *, indent: int = 0) -> None:
        self._append(element("pre", text))

    paste = verbatim

    def fits(self, columns: int) -> bool:
        """Always true: a table that is wider than the screen scrolls."""
        return True

    def table(
        self,
        columns: Iterable[str],
        rows: Iterable[Iterable[str | Text]],
        *,
        indent: int = 2,
        flexible: int = -1,
    ) -> None:
        """A table in an element that scrolls if it is wider than the screen."""
        names = tuple(columns)
        lines = [[_cell(cell) for cell in row] for row in rows]
        if lines:
            self._append(table(self._last.title, names, lines))

    def spf_tree(self, rows: Sequence[SpfRow]) -> None:
        """The terms with the running counts."""
        lines = [
            [
                element("td", element("span", f"{row.total or ''}", class_="fail" if row.over else None)),
                element(
                    "td", element("span", f"{row.voids or ''}", class_="fail" if row.over_voids else None)
                ),
                element(
                    "td",
                    element("span", row.prefix, aria_hidden="true", class_="dim tree"),
                    element("span", f"level {row.depth}: ", class_="hidden") if row.depth > 1 else None,
                    element("code", row.text),
                    element("span", f"  {row.about}", class_="dim") if row.about else None,
                    inline(row.note),
                ),
            ]
            for row in rows
        ]
        self._append(table("SPF terms", ("total", "void", "term"), lines, kind="terms"))

    def picture(self, of: SpfFacts | Sequence[ReceivedHop] | Sequence[MxConnectionFacts]) -> None:
        """A drawing, if there is anything to draw."""
        if drawn := self._pictures.of(of):
            self._append(element("div", drawn, class_="picture"))
            self._last.opened = True


def table(label: str, names: Sequence[str], lines: Sequence[Sequence[Html]], *, kind: str = "") -> Html:
    """A table of rendered cells."""
    cells = (element("th", name, scope="col") if name else element("td", text("")) for name in names)
    head = element("thead", element("tr", *cells)) if any(names) else None
    body = element("tbody", *(element("tr", *line) for line in lines))
    inside = element("table", head, body, class_=kind or None)
    return element("div", inside, class_="scroll", role="group", aria_label=f"{label}, table", tabindex=0)


def _cell(value: str | Text) -> Html:
    """A cell; words are broken anywhere if one is longer than ``LONG_WORD``."""
    plain = value if isinstance(value, str) else value.plain
    longest = max(map(len, plain.split()), default=0)
    kind = "long" if longest > LONG_WORD else "wide" if len(plain) > LONG_WORD else None
    return element("td", inline(value), class_=kind)
