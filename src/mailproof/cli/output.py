"""Write reports to standard output and files as they arrive, and determine the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailproof.choices import FailOn
from mailproof.cli.options import Color, Form, OutputOptions
from mailproof.cli.sinks import Sink, SinkMaker, Stream
from mailproof.cli.streams import complain, screen
from mailproof.cli.writing import CLOSED, write_octets, write_page, write_text
from mailproof.errors import UsageError
from mailproof.files import check_writable, write_whole
from mailproof.grouping import grouped
from mailproof.redaction import hide, hide_within
from mailproof.render.formats import FORMATS, GITHUB, MARKDOWN, TEXT, Format, by_file_name, named
from mailproof.render.look import Look
from mailproof.render.places import Anchor, Place

if TYPE_CHECKING:
    from mailproof.bulk.mailbox import Verified
    from mailproof.cli.baseline import BaselineRun
    from mailproof.config import Config
    from mailproof.model import Accepted, Impossible, Report
    from mailproof.policy import Policy

#: GitHub's environment variable with the name of the step summary's file.
SUMMARY = "GITHUB_STEP_SUMMARY"
#: If reports have different exit codes, the first of these is the command's.
WORST_FIRST = (130, 1, 3, 0)


class Output:
    """Takes the reports of a run one by one, and ends the command.

    Raises UsageError, before any work is done, for anything that could only fail at the end.
    """

    def __init__(
        self,
        options: OutputOptions,
        policy: Policy,
        fail_on: FailOn = "error",
        baseline: BaselineRun | None = None,
        *,
        anchor: Anchor | None = None,
        config: Config | None = None,
        sink: SinkMaker = Sink,
        stream: Callable[[Path, Format], Stream | None] | None = None,
    ) -> None:
        """``sink`` creates what takes the reports; ``stream`` opens files that are written incrementally."""
        if options.quiet and options.verbose:
            raise UsageError("-q shows less and -v more: give one of them")
        self._baseline = baseline
        self.policy, self.fail_on = policy, options.fail_on or fail_on
        self.require: tuple[Impossible, ...] = tuple(each.value for each in options.require or ())
        self._allow_incomplete = options.allow_incomplete
        files = tuple(map(chosen_file, options.outputs or ()))
        self._formats = (options.form, *(form for _, form in files))
        look = Look(
            verbose=options.verbose,
            quiet=options.quiet,
            root=_folder(),
            page=_page,
            warnings_fail=self.fail_on == "warning",
        )
        look = look if anchor is None else look._replace(anchor=anchor)
        _check_printer(self._formats)
        if config is not None and any(form.branded for form in self._formats):
            from mailproof.cli.brand import brand_of

            look = look._replace(brand=brand_of(config))
        #: Whether something could not be written, which affects the exit code but no other output.
        self._failed = self._silent = self._unread = False
        self._files = tuple(
            (path, sink(form, look, self._writer(stream(path, form)) if stream is not None else None))
            for path, form in files
        )
        if sys.stdout is None and self._files:
            self._silence(UsageError(CLOSED))
        elif options.form is TEXT:
            look = screen(sys.stdout, options.color, look)
        self._summary = _job_summary(options.form, look)
        self._shown = sink(options.form, look, self._show)
        self._sinks = (self._shown, *(each for _, each in (*self._files, *self._summary)))
        self._codes = {0}
        self._started = datetime.max.replace(tzinfo=UTC)
        self._accepted: dict[tuple[object, ...], Accepted] = {}

    def take(self, report: Report) -> Report:
        """Apply the policy to a report, show it, and return it."""
        from mailproof.policy import exit_code

        applied = self.policy.applied(report)
        self._started = min(self._started, applied.started)
        for sink in self._sinks:
            sink.take(applied)
        self._count(exit_code((applied,), self.fail_on, self.require), applied.accepted)
        if self._baseline is not None:
            self._baseline.take(applied)
        return applied

    def receive(self, verified: Verified) -> None:
        """Show a message verified by a worker process, as ``take`` does for one verified here."""
        for sink in self._sinks:
            sink.receive(verified)
        self._count(verified.code, verified.accepted)

    def _count(self, code: int, accepted: Iterable[Accepted]) -> None:
        """Record a report's exit code and accepted findings."""
        self._end(code)
        for each in accepted:
            self._accepted[each.rule, each.subject, each.file, each.line, each.state] = each

    def skip(self, source: str, problem: str) -> None:
        """Show an input without a report, in the formats that have a line for it."""
        for sink in self._sinks:
            sink.skip(source, problem)

    @property
    def is_unread(self) -> bool:
        """Whether no one reads standard output any more (``| head``), and there is no other output."""
        updates = self._baseline is not None and self._baseline.updates
        return self._unread and not (self._files or self._summary or updates)

    def counts(self, codes: Iterable[int]) -> None:
        """Include the exit codes of an earlier run."""
        for code in codes:
            self._end(code)

    def _end(self, code: int) -> None:
        self._codes.add(0 if code == 3 and self._allow_incomplete else code)

    def finish(self) -> None:
        """Write what remains, and exit with the right code."""
        code = next(each for each in WORST_FIRST if each in self._codes)
        if self.is_unread:
            raise typer.Exit(code)
        self._shown.end(code)
        _report_useless(tuple(self._accepted.values()))
        if self._baseline is not None:
            self._baseline.finish(self.write)
        for path, sink in self._files:
            sink.end(code)
            if not sink.streams:
                self._write(f"-o {path}", path, sink)
        for path, sink in self._summary:
            sink.end(code)
            self._append(path, sink.text)
        if code == 130:
            complain("interrupted: the report covers what was checked so far")
        raise typer.Exit(2 if self._failed and code != 130 else code)

    def write(self, option: str, path: Path, text: str) -> bool:
        """Write a file requested by an option; on failure, report it and return False."""
        return self._write_octets(option, path, text.encode("utf-8", "backslashreplace"))

    def _write(self, option: str, path: Path, sink: Sink) -> None:
        """Write the text collected in a sink, as PDF if that is its format."""
        if not sink.form.printed:
            self.write(option, path, sink.text)
        elif (octets := self._printed(option, sink.text)) is not None:
            self._write_octets(option, path, octets)

    def _write_octets(self, option: str, path: Path, octets: bytes) -> bool:
        try:
            write_whole(path, octets)
        except OSError as error:
            self._write_failed(UsageError(f"{option}: cannot write: {error.strerror or error}"))
            return False
        return True

    def _printed(self, option: str, page: str) -> bytes | None:
        """The page as PDF; None, with a message on stderr, if the browser fails."""
        from mailproof.cli.pdf import printed

        try:
            return printed(page, self._started) if page else None
        except UsageError as error:
            self._write_failed(UsageError(f"{option}: {error}"))
            return None

    def _writer(self, stream: Stream | None) -> Callable[[str], None] | None:
        """Return a writer to a growing file. On failure it reports that once and writes no more."""
        if stream is None:
            return None
        broken = False

        def write(text: str) -> None:
            nonlocal broken
            if broken:
                return
            try:
                stream.write(text)
            except OSError as error:
                broken = True
                self._write_failed(UsageError(f"-o {stream.path}: cannot write: {error.strerror or error}"))

        return write

    def _append(self, path: Path, text: str) -> None:
        """Append to the job summary on GitHub, a single file for all steps."""
        try:
            with path.open("ab") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            self._write_failed(UsageError(f"{SUMMARY} {path}: cannot write: {error.strerror or error}"))

    def _show(self, text: str) -> None:
        """Write to standard output, as long as that is possible."""
        octets: bytes | None = None
        if self._formats[0].printed:
            octets = self._printed(f"-f {self._formats[0]}", text)
            if octets is None:
                return
        if not self._silent:
            try:
                if octets is not None:
                    write_octets(octets)
                elif not (write_page if self._formats[0] is TEXT else write_text)(text):
                    self._unread = True
            except UsageError as error:
                self._silence(error)

    def _silence(self, error: UsageError) -> None:
        self._silent = True
        self._write_failed(error)

    def _write_failed(self, error: UsageError) -> None:
        complain(str(error))
        self._failed = True


def _check_printer(formats: Sequence[Format]) -> None:
    """Raises UsageError if a PDF is wanted but can't be printed, or would go to a terminal."""
    if not any(form.printed for form in formats):
        return
    from mailproof.cli.pdf import browser

    browser()
    if formats[0].printed and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("-f pdf: a terminal cannot show a PDF: write it to a file with -o report.pdf")


def chosen_file(given: Path) -> tuple[Path, Format]:
    """The file and its format, from ``FORMAT:FILE`` or else the extension.

    Raises UsageError if the file is not writable.
    """
    name, path = split_format(given, [each.name for each in FORMATS])
    if str(path) == "-":
        raise UsageError(f"-o {given}: -f FORMAT writes to standard output, -o to a file: name one")
    form = named(name) or by_file_name(path.name)
    if form is None:
        known = " ".join(ending for each in FORMATS for ending in each.endings)
        raise UsageError(
            f"-o {given}: unknown file extension; use one of {known}, or put the format before the file, as "
            f"in -o gitlab:{given}"
        )
    check_writable(f"-o {given}", path)
    return path, form


def split_format(given: Path, formats: Sequence[str]) -> tuple[str, Path]:
    """The format and the file of ``FORMAT:FILE``; the format is "" if none is given.

    Raises UsageError for a misspelt format: the file would be written in another one.
    """
    from difflib import get_close_matches

    before, colon, after = str(given).partition(":")
    if colon and before in formats:
        return before, Path(after)
    if colon and (near := get_close_matches(before, formats, 1)):
        raise UsageError(f"-o {given}: no format is called {before!r}: did you mean {near[0]}:{after}?")
    return "", given


def _job_summary(form: Format, look: Look) -> tuple[tuple[Path, Sink], ...]:
    """The file for the summary on GitHub's job page; none if it is not wanted."""
    path = os.environ.get(SUMMARY, "") if form is GITHUB else ""
    return ((Path(path), Sink(MARKDOWN, look)),) if path else ()


def _folder() -> str:
    """The working folder; "" if it no longer exists."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def _page(rule: str) -> str:
    """The page of a rule, as ``mailproof explain`` shows it; "" for anything else."""
    from mailproof.checks import registry

    return registry.check(rule).doc if rule in registry.ids() else ""


def anchored(place: Callable[[str], Place | None], default: Path | None) -> Anchor:
    """Locate subjects: at their own position, or else at the start of the configuration."""

    def anchor(subject: str) -> Place | None:
        name = subject
        while name:  # a subdomain is located at its domain
            if (found := place(name)) is not None:
                return found
            name = name.partition(".")[2]
        return None if default is None else Place(str(default))

    return anchor


def _report_useless(accepted: Sequence[Accepted]) -> None:
    """Report on stderr which configured ignores have expired, and which matched nothing."""
    for found in grouped(accepted, attrgetter("rule", "subject", "file", "line")).values():
        one = found[0]
        named = f"[[ignore]] {one.rule}{f' of {one.subject}' if one.subject else ''}"
        if one.file:
            named = f"{one.file}:{one.line}: ignore[{one.rule}]"
        if any(each.state == "expired" for each in found):
            complain(f"{named} expired on {one.expires}: its findings are shown again")
        elif all(each.state == "unused" for each in found):
            complain(f"{named} is no longer needed: no finding matches it")


def show(form: Form, color: Color, value: object, text: Callable[[Look], str], **more: object) -> None:
    """Show output that is not a report: ``value`` as JSON, with ``more`` keys, or as ``text`` renders it."""
    if form == "json":
        from mailproof.render.json import json_text, to_plain

        plain = to_plain(value)
        whole = plain | {key: to_plain(each) for key, each in more.items()} if more else plain
        write_text(json_text(hide_within(whole)))
        return
    write_page(hide(text(screen(sys.stdout, color))))
