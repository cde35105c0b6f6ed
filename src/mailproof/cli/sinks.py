"""Destinations of a run's reports: text on standard output, and files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.errors import UsageError
from mailproof.files import failing_as
from mailproof.render.formats import Format
from mailproof.render.look import Look

if TYPE_CHECKING:
    from mailproof.bulk.mailbox import Verified
    from mailproof.model import Report
    from mailproof.render.verdict import Verdict

Write = Callable[[str], None]


class Sink:
    """A destination in one format; ``text`` is what was not written yet."""

    def __init__(self, form: Format, look: Look, write: Write | None = None) -> None:
        self.form, self.look, self._write = form, look, write
        self._count = 0
        self._kept: list[Report] = []
        self._verdicts: list[tuple[str, Verdict]] = []
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def streams(self) -> bool:
        """Whether everything is written immediately."""
        return self._write is not None

    def take(self, report: Report) -> None:
        if self.form.takes == "each":
            before = self.form.between if self._count else self.form.opening
            self.put(before + self.form.render((report,), self.look))
        else:
            self._kept.append(report)
        self._count += 1
        if self.form.close is not None:
            from mailproof.render.verdict import verdict

            self._verdicts.append((report.subject, verdict(report)))

    def receive(self, verified: Verified) -> None:
        """A message verified by a worker process; only for JSON lines."""
        self.put(verified.report)

    def skip(self, source: str, problem: str) -> None:
        """An input without a report."""

    def end(self, code: int) -> None:
        """No more reports follow; the command ends with this exit code."""
        if self._kept:
            self.put(self.form.render(self._kept, self.look))
        if self.form.close is not None and self._verdicts:
            self.put(self.form.close(self._verdicts, code, self.look))

    def put(self, text: str) -> None:
        """Write text, or keep it."""
        if self._write is None:
            self._parts.append(text)
        elif text:
            self._write(text)


SinkMaker = Callable[[Format, Look, "Write | None"], Sink]


class Stream:
    """A file that grows as results arrive; with ``resume`` they are appended to its present content."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Raises UsageError if it cannot be opened, or another run is writing it."""
        from mailproof.bulk.journal import Journal

        self.path = path
        self._journal: Journal | None = None
        self._handle = -1
        if path.exists() and not path.is_file():  # a device or a pipe
            with failing_as(UsageError, f"-o {path}: cannot write"):
                self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0))
                os.set_blocking(self._handle, True)
            return
        self._journal = Journal(path, resume=True)
        if not resume:  # old content is replaced by the first result: without any result it is kept
            self._journal.keep(0)

    def lines(self) -> Iterator[bytes]:
        """The lines already in the file. Raises UsageError for another kind of file."""
        return iter(()) if self._journal is None else self._journal.lines()

    def write(self, text: str) -> None:
        """Append whole lines. Raises OSError, without leaving partial lines."""
        octets = text.encode("utf-8", "backslashreplace")
        if self._journal is not None:
            self._journal.append(octets.removesuffix(b"\n"))
            return
        rest = memoryview(octets)
        while rest:
            rest = rest[os.write(self._handle, rest) :]

    def close(self) -> None:
        """Flush to disk and close."""
        if self._journal is not None:
            self._journal.close()
        elif self._handle >= 0:
            os.close(self._handle)
