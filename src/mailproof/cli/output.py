"""Reports on standard output and in files, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailproof.cli.options import Color, FailOn, Format
from mailproof.cli.streams import complain, screen
from mailproof.errors import UsageError
from mailproof.frozen import frozen

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.model import Accepted, Report

ENDINGS = (".txt", ".json", ".svg")


@frozen
class OutputOptions:
    """How a command's report is to be shown and judged."""

    form: Format = Format.TEXT
    outputs: tuple[Path, ...] = ()
    quiet: bool = False
    verbose: int = 0
    color: Color = Color.AUTO
    fail_on: FailOn = FailOn.ERROR
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()

    @classmethod
    def of(
        cls,
        config: Config,
        form: Format,
        outputs: Sequence[Path] | None,
        quiet: bool,
        verbose: int,
        color: Color,
        fail_on: FailOn | None,
        select: Sequence[str] | None,
        ignore: Sequence[str] | None,
    ) -> OutputOptions:
        """The options as given, with the configuration below them; checked."""
        options = cls(
            form,
            tuple(outputs or ()),
            quiet,
            verbose,
            color,
            fail_on or FailOn(config.fail_on or "error"),
            (*(select or ()), *config.select),
            tuple(ignore or ()),
            _accepted(config),
        )
        options.check()
        return options

    def judged(self, report: Report) -> Report:
        """The report as the selection and the ignores leave it."""
        from mailproof.policy import apply_policy

        return apply_policy(report, self.select, self.ignore, self.accepted)

    def check(self) -> None:
        """Raises UsageError, before any work is done, for what could only fail at its end."""
        for path in self.outputs:
            if path.suffix.lower() not in ENDINGS:
                raise UsageError(f"-o {path}: the ending tells the form: use one of {' '.join(ENDINGS)}")
            if not path.absolute().parent.is_dir():
                raise UsageError(f"-o {path}: the folder {path.parent} does not exist")
        _check_rules(self.select, "--select")
        _check_rules(self.ignore, "--ignore")
        _check_rules([each.rule for each in self.accepted], "[[ignore]]")


def _accepted(config: Config) -> tuple[Accepted, ...]:
    """What the configuration ignores. Raises UsageError for a subject that is no domain."""
    if not config.ignore:
        return ()
    from mailproof.dns.text import to_ascii
    from mailproof.model import Accepted

    found = []
    for each in config.ignore:
        try:
            subject = to_ascii(each.subject) if each.subject else ""
        except UsageError as error:
            raise UsageError(f"{config.path}: subject of [[ignore]] {each.rule}: {error}") from None
        found.append(Accepted(each.rule.strip(), subject, each.reason, each.expires))
    return tuple(found)


def _check_rules(rules: Sequence[str], option: str) -> None:
    if not rules:
        return
    from mailproof.checks import registry

    for rule in (part.strip() for each in rules for part in each.split(",")):
        if not rule or not any(each.startswith(rule.upper()) for each in registry.ids()):
            raise UsageError(f"{option} {rule}: no rule begins so: mailproof rules lists them")


def finish(reports: Sequence[Report], options: OutputOptions) -> None:
    """Show the reports, write the files, and end the command with the right exit code."""
    from mailproof.policy import exit_code

    judged = tuple(map(options.judged, reports))
    _show(judged, options)
    _tell_useless(judged)
    failed = False
    for path in options.outputs:
        try:
            _write(path, judged, options)
        except OSError as error:
            complain(f"-o {path}: cannot write: {error.strerror or error}")
            failed = True
    code = exit_code(judged, options.fail_on.value)
    if code == 130:
        complain("interrupted: the report tells what was found out so far")
    raise typer.Exit(2 if failed and code != 130 else code)


def _tell_useless(reports: Sequence[Report]) -> None:
    """Say on stderr which ignores of the configuration have expired, and which no report had a use for."""
    states: dict[tuple[str, str], list[Accepted]] = {}
    for each in (each for report in reports for each in report.accepted):
        states.setdefault((each.rule, each.subject), []).append(each)
    for (rule, subject), found in states.items():
        named = f"[[ignore]] {rule}{f' of {subject}' if subject else ''}"
        if any(each.state == "expired" for each in found):
            complain(f"{named} expired on {found[0].expires}: its findings are shown again")
        elif all(each.state == "unused" for each in found):
            complain(f"{named} is not needed any more: there is no such finding")


def _show(reports: Sequence[Report], options: OutputOptions) -> None:
    many = reports[0] if len(reports) == 1 else reports
    if options.form is Format.JSON:
        from mailproof.render.json import render_json

        write_text(render_json(many))
        return
    from mailproof.render.text import render_text

    shown = screen(sys.stdout, options.color.value)
    text = render_text(
        many,
        width=shown.width,
        color=shown.color,
        unicode=shown.unicode,
        verbose=options.verbose,
        quiet=options.quiet,
    )
    write_text(text)


def write_text(text: str) -> None:
    """Write to standard output; what its encoding lacks is escaped.

    A reader that went away (``| head``) has all it wanted: no fault. Raises UsageError for a full disk.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed: nothing can be shown")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError as error:
        _to_nowhere()
        raise UsageError(f"standard output cannot be written: {error.strerror}") from None


def _to_nowhere() -> None:
    """What is still in the buffer would fail again when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _write(path: Path, reports: Sequence[Report], options: OutputOptions) -> None:
    many = reports[0] if len(reports) == 1 else reports
    if path.suffix.lower() == ".json":
        from mailproof.render.json import render_json

        text = render_json(many)
    elif path.suffix.lower() == ".svg":
        from mailproof.render.text import render_svg

        text = render_svg(reports[0], verbose=options.verbose, quiet=options.quiet)
    else:
        from mailproof.render.text import render_text

        text = render_text(many, width=100, verbose=options.verbose, quiet=options.quiet)
    path.write_text(text, encoding="utf-8")
