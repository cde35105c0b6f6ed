"""``mailproof verify`` on many messages: one line each, and a results file that a later run can continue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mailproof.bulk.message_tally import MessageTally
from mailproof.bulk.targets import MOST_SHOWN, key_of
from mailproof.cli.output import Output, chosen_file
from mailproof.cli.sinks import Sink, Stream, Write
from mailproof.cli.streams import complain
from mailproof.cli.summaries import titles_of, write_summaries
from mailproof.engine.verify import Unread
from mailproof.errors import MessageError, UsageError
from mailproof.files import failing_as
from mailproof.model import Report
from mailproof.model.many_messages import MessageRow, MessagesSummary
from mailproof.printable import counted
from mailproof.render.formats import TEXT, Format
from mailproof.render.look import Look
from mailproof.render.message_row import row_line, row_of, unread_row
from mailproof.render.sums import sums_of_messages
from mailproof.render.text.messages import MessageLines, render_messages
from mailproof.render.verdict import exit_words

if TYPE_CHECKING:
    from mailproof.bulk.mailbox import Verified
    from mailproof.choices import FailOn
    from mailproof.cli.options import OutputOptions
    from mailproof.mail.saved import SavedMessage

#: Up to this many messages get a full report each, unless an option says otherwise.
FEW = 20
#: More messages than this are verified in worker processes, whose start takes as long as this many. With live
#: DNS the limit is FEW: a worker waits for the answers for several messages at once.
FEW_IN_ONE = 200
#: Reports in memory at a time, for formats that need all of them.
MOST_TOGETHER = 1000
_LINES = "jsonl"
#: The start of every row, and of no report.
_ROW = b'{"source"'


class Many:
    """The state of a run over many messages, and its outputs.

    ``_table``: text is one line per message; ``_rows``: JSON lines are rows instead of reports; ``streams``:
    files are written as results arrive.
    """

    def __init__(
        self, output: OutputOptions, file: str, *, table: bool | None, resume: bool, count: int, folder: bool
    ) -> None:
        """Raises UsageError for options that do not fit together, before any work is done."""
        files = tuple(map(chosen_file, output.outputs or ()))
        formats = (output.form, *(form for _, form in files))
        if resume:
            _check_resume(files)
        if count > MOST_TOGETHER:
            _check_formats(formats, file)
        self._count, self._rows, self._resume = count, bool(table), resume
        self._table = table or (table is None and count > FEW)
        self._folder, self._file = folder, file
        lines = count > 1 and any(form.name == _LINES for _, form in files)
        self.streams = self._table or resume or lines or count > MOST_TOGETHER
        self._forms = formats
        self.tally = MessageTally()
        self._done: set[int] = set()
        self._row: tuple[Report, MessageRow] | None = None
        self._faults: set[str] = set()
        self._files = ExitStack()
        self._unread: list[Unread] = []
        self._unfinished = False
        self._shows_unread = (output.form is TEXT and self._table) or (
            self._rows and any(form.name == _LINES for form in formats)
        )

    @property
    def writes_reports(self) -> bool:
        """Whether full reports are wanted as lines of JSON."""
        return not self._rows and any(form.name == _LINES for form in self._forms)

    def is_long(self, workers: int, *, live: bool) -> bool:
        """Whether worker processes are worth it, and the outputs are ones they support: lines only."""
        if not all(form.name == _LINES or (form is TEXT and self._table) for form in self._forms):
            return False
        return self._count > FEW if live else self._count > FEW_IN_ONE and workers > 1

    def sink(self, form: Format, look: Look, write: Write | None) -> Sink:
        if form is TEXT and self._table:
            return _Lines(form, look, write, self, folder=self._folder)
        if form.name == _LINES and self._rows:
            return _Rows(form, look, write, self)
        return Sink(form, look, write)

    def stream(self, path: Path, form: Format) -> Stream | None:
        """Open a file to stream results to; None for a format that needs all of them at once.

        With --resume, the results in it are counted. Raises UsageError.
        """
        if form.takes == "all":
            return None
        stream = Stream(path, resume=self._resume)
        self._files.callback(stream.close)
        if self._resume:
            self._read(stream)
        return stream

    def _read(self, stream: Stream) -> None:
        for number, line in enumerate(stream.lines(), 1):
            try:
                row = _row_of_line(line)
            except ValueError:
                raise UsageError(
                    f"-o {stream.path}: line {number} is not a result of verify: name another file"
                ) from None
            if line.startswith(_ROW) != self._rows:
                made = "without" if self._rows else "with"
                raise UsageError(
                    f"-o {stream.path}: was made {made} --table: continue {made} it, or name another file"
                )
            key = _key(row.source)
            if key not in self._done:
                self._done.add(key)
                self.tally.count(row)
                self._faults |= {"error"} if row.errors else set()
                self._faults |= {"warning"} if row.warnings else set()
                self._faults |= {"unknown"} if not row.complete and row.verdict != "error" else set()

    def earlier_codes(self, fail_on: FailOn) -> tuple[int, ...]:
        """The exit codes that the results of an earlier run call for."""
        failed = fail_on != "never" and (
            "error" in self._faults or ("warning" in self._faults and fail_on == "warning")
        )
        return (*((1,) if failed else ()), *((3,) if "unknown" in self._faults else ()))

    @property
    def described(self) -> str:
        """The number of the current message, and the total if known."""
        known = f" of {self._count:,}" if self._count <= MOST_TOGETHER else ""
        return f"{self.tally.messages + 1:,}{known}"

    def fresh(self, messages: Iterable[SavedMessage]) -> Iterator[SavedMessage]:
        """The messages that no earlier run has done."""
        return (each for each in messages if not self._done or _key(each.source) not in self._done)

    def take(self, each: Report | Unread, out: Output) -> None:
        if isinstance(each, Unread):
            self.tally.count(unread_row(each.source, each.problem))
            if len(self._unread) < MOST_SHOWN:
                self._unread.append(each)
            out.skip(each.source, each.problem)
        elif each.interrupted and self.streams:  # not done: --resume verifies it
            out.counts((130,))
        else:
            applied = out.take(each)
            self.tally.count(self.row(applied))

    def receive(self, verified: Verified, out: Output) -> None:
        """As ``take``, for a message verified by a worker process."""
        row = verified.row
        if row.verdict == "error":
            self.take(Unread(row.source, row.reason), out)
            out.counts((verified.code,))
        else:
            out.receive(verified)
            self.tally.count(row)

    def row(self, report: Report) -> MessageRow:
        """The row of a report, cached: several sinks show it."""
        if self._row is None or self._row[0] is not report:
            self._row = (report, row_of(report))
        return self._row[1]

    def summary(self) -> MessagesSummary:
        """The summary so far."""
        return self.tally.summary(unfinished=self._unfinished)

    def summarize(self, paths: Iterable[Path]) -> None:
        """Write the summary to files. Raises UsageError if one cannot be written."""
        summary = self.summary()
        titles = titles_of(summary.findings)
        write_summaries(
            paths,
            summary,
            lambda: render_messages(summary, titles, Look()),
            lambda: sums_of_messages(summary, titles),
        )

    def complain_of_rest(self) -> None:
        """Report that the run ended early."""
        self._unfinished = True
        left = self._count - self.tally.messages
        if self._count <= MOST_TOGETHER and not self._resume:
            if left > 0:
                complain(f"{counted(left, 'message')} not verified")
            return
        more = ": the same command continues" if self._resume else ""
        complain(f"{counted(self.tally.messages, 'message')} verified, the rest not{more}")

    def complain_of_unread(self) -> None:
        """Report which messages could not be read. Raises MessageError if none could."""
        unread, tally = self._unread, self.tally
        if unread and tally.messages == 1 and self._count == 1:
            raise MessageError(f"{unread[0].source or 'the input'}: {unread[0].problem}")
        if not self._shows_unread:
            for each in unread:
                complain(f"{each.source}: {each.problem}")
            if tally.unread > len(unread):
                complain(f"{counted(tally.unread - len(unread), 'more message')} could not be read")
        if tally.unread and tally.unread == tally.messages:
            raise MessageError(f"{self._file}: none of its messages can be read")

    def close(self) -> None:
        """Sync and close the files."""
        with failing_as(UsageError, "-o: cannot write"):
            self._files.close()


def _check_formats(formats: Iterable[Format], file: str) -> None:
    together = next((form for form in formats if form.takes == "all"), None)
    if together is not None:
        raise UsageError(
            f"{file}: more than {MOST_TOGETHER:,} messages, and {together} needs all reports in memory: use "
            "-f jsonl or -o FILE.jsonl, which write each as it is done"
        )


def _check_resume(files: Sequence[tuple[Path, Format]]) -> None:
    if not files:
        raise UsageError("--resume needs a file to continue: give -o FILE.jsonl")
    for path, form in files:
        if form.name != _LINES:
            raise UsageError(f"-o {path}: --resume works with .jsonl files only")
    if len(files) > 1:
        raise UsageError("--resume works with one file: give -o once")


class _Rows(Sink):
    """JSON lines, one row per message."""

    def __init__(self, form: Format, look: Look, write: Write | None, many: Many) -> None:
        super().__init__(form, look, write)
        self._many = many

    def take(self, report: Report) -> None:
        self._show(self._many.row(report))

    def receive(self, verified: Verified) -> None:
        self._show(verified.row)

    def skip(self, source: str, problem: str) -> None:
        self._show(unread_row(source, problem))

    def _show(self, row: MessageRow) -> None:
        self.put(row_line(row))


class _Lines(_Rows):
    """Text: one line per message as results arrive, then the summary."""

    def __init__(self, form: Format, look: Look, write: Write | None, many: Many, *, folder: bool) -> None:
        super().__init__(form, look, write, many)
        self._lines = MessageLines(look, folder=folder)

    def _show(self, row: MessageRow) -> None:
        self.put(("" if self._count else self._lines.head()) + self._lines.line(row))
        self._count += 1

    def end(self, code: int) -> None:
        if not self.look.quiet:
            summary = self._many.summary()
            self.put(render_messages(summary, titles_of(summary.findings), self.look, exit_words(code)))


def _key(source: str) -> int:
    """A key that identifies a message, even after it moved from new to cur and its Maildir flags changed.

    The first message of an mbox is named as the mbox while it is its only one.
    """
    source = re.sub(r"(^| )message 1$", "", source)
    name = re.sub(r"^(?:cur|new)[/\\]", "", source)
    return key_of(name if name == source else name.partition(":2,")[0])


def _row_of_line(line: bytes) -> MessageRow:
    """The row for a line of either kind. Raises ValueError for any other line."""
    if line.startswith(_ROW):
        return _row(line)
    report = msgspec.json.decode(line, type=Report)
    if report.facts.message is None:
        raise ValueError
    return row_of(report)


_row = msgspec.json.Decoder(MessageRow).decode
