"""Reports on several domains as text: a table first, row by row, then the details."""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.cli.sinks import Sink, SinkMaker, Write
from mailproof.cli.streams import complain
from mailproof.model import Report
from mailproof.render.formats import TEXT, Format
from mailproof.render.look import Look


def with_table(names: Sequence[str], limit: float) -> SinkMaker:
    """Create the sink factory for a run over these domains, each limited to ``limit`` seconds."""

    def sink(form: Format, look: Look, write: Write | None) -> Sink:
        if form is TEXT and len(names) > 1:
            return _Table(form, look, write, names, limit)
        return Sink(form, look, write)

    return sink


def is_late(report: Report, limit: float) -> bool:
    """Whether something is unknown because the domain's time ran out."""
    return report.incomplete and not report.interrupted and report.elapsed_s >= limit


class Late:
    """Counts the domains whose time ran out, for formats that don't report that at the end."""

    def __init__(self, names: Sequence[str], limit: float, form: Format) -> None:
        self._names, self._limit = names, limit
        self._says = len(names) > 1 and form is not TEXT
        self._found: list[str] = []

    def take(self, report: Report) -> None:
        if is_late(report, self._limit):
            self._found.append(report.subject)

    def complain(self) -> None:
        if self._says and self._found:
            from mailproof.render.text.scorecards import listed

            complain(
                f"{len(self._found)} of {len(self._names)} domains not known in full: the time limit of "
                f"{self._limit:g} s was over ({listed(self._found)}); raise --timeout, or use mailproof bulk"
            )


class _Table(Sink):
    """Writes each table row immediately, and the full reports at the end (unless quiet)."""

    def __init__(
        self, form: Format, look: Look, write: Write | None, names: Sequence[str], limit: float
    ) -> None:
        from mailproof.render.text.scorecards import DomainTable

        super().__init__(form, look, write)
        self._limit = limit
        self._table = DomainTable(look, names)
        self._details = Sink(form, look)
        self._late: list[str] = []
        self._other: list[str] = []

    def take(self, report: Report) -> None:
        self.put(("" if self._count else self._table.head()) + self._table.line(report))
        self._count += 1
        if is_late(report, self._limit):
            self._late.append(report.subject)
        elif report.incomplete and not report.interrupted:
            self._other.append(report.subject)
        if not self.look.quiet:
            self._details.take(report)

    def end(self, code: int) -> None:
        if self._late or self._other:
            self.put("\n" + self._table.unknown(self._late, self._other, self._limit))
        if not self.look.quiet and self._count:
            self._details.end(code)
            self.put(f"\n\n{self._details.text}")
