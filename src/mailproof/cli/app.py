"""The ``mailproof`` command: its subcommands and the handling of errors."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import typer
import typer.core
import typer.main

from mailproof.cli.streams import NO_FILES, complain, is_out_of_files, note
from mailproof.cli.zones import read_once
from mailproof.files import tracked_files
from mailproof.redaction import own_secrets

#: Commands with their summaries, in the order of the help. Each is ``mailproof.cli.<name>.command``.
COMMANDS = {
    "audit": "Audit a domain: SPF, DKIM, DMARC, MX, TLS, DANE, MTA-STS, and the mail hosts themselves.",
    "check": "Check everything in mailproof.toml: its domains, and what each is expected to publish.",
    "bulk": "Audit many domains, and write a line for each as soon as it is done.",
    "diff": "Compare two states of a domain's records: who may send, keys, policies, findings.",
    "probe": "Send a test message, fetch it back, verify what arrived; one report with the DNS audit.",
    "monitor": "Probe and audit on a schedule, and report what changes: lines, webhook, Prometheus.",
    "watch": "Audit domains on a schedule and report what changes: records, keys, certificates, listings, "
    "grade.",
    "inbound": "Send your own mailbox messages that its server should refuse, and see where each lands.",
    "verify": "Verify a saved message: SPF, DKIM, ARC, DMARC, and the receiver's own results.",
    "spf": "Evaluate SPF for one client and show the trace.",
    "explain": "Explain a rule, a bounce, a provider's error or a log line, and what to do about it.",
    "rules": "List the rules.",
    "init": "Ask for servers and addresses, test the connection, write mailproof.toml.",
    "key": "Check, make and rotate DKIM keys.",
    "trust": "Trust a configuration file: it may run commands and send mail, until it changes.",
    "demo": "Run a complete probe against bundled servers; needs no network or privileges.",
}
#: What the library says of wrong usage, as patterns, and what we say.
_PLAIN = {
    "a valid float( range)?": "a number",
    "a valid int(eger)?( range)?": "a whole number",
    "in the range ([^ ]+)<=x<=([^ ]+)": r"from \1 to \2",
    "in the range x>=([^ ]+)": r"at least \1",
    r"Got unexpected extra arguments?(\(s\))? \((.*)\)": r"unexpected argument: \2",
    r" \(Possible options: (.*)\)": r": did you mean \1?",
    r"\. Did you mean (.*)\?": r": did you mean \1?",
}
_SETTINGS = {"help_option_names": ["-h", "--help"]}


def _load_help() -> None:
    """Import the help renderer without Markdown and tracebacks, which it never uses: that halves the time."""
    absent = [name for name in ("rich.markdown", "rich.traceback") if name not in sys.modules]
    for name in absent:
        kind = name.removeprefix("rich.").title()
        sys.modules[name] = module = ModuleType(name)
        setattr(module, kind, type(kind, (), {}))
    try:
        import typer.rich_utils as rich_utils
    finally:
        for name in absent:
            del sys.modules[name]

    class Whole(rich_utils.OptionHighlighter):
        """Breaks a long option name over two lines in a narrow terminal, rather than cutting it off."""

        def highlight(self, text: Any) -> None:
            super().highlight(text)
            text.overflow = "fold"

    rich_utils.highlighter = Whole()
    rich_utils.RANGE_STRING = ""  # the error names the range; here it takes the width of the help


@contextmanager
def _help() -> Iterator[None]:
    """Render the help. If its reader went away (``| head``), Rich exits: that is no error."""
    from mailproof.cli.writing import CLOSED
    from mailproof.errors import UsageError

    if sys.stdout is None:
        raise UsageError(CLOSED)
    _load_help()
    try:
        yield
    except SystemExit:
        raise typer.Exit from None


def _paragraphs(page: str | None) -> str:
    """A docstring with each paragraph on one line: Rich keeps the line breaks of all but the first."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(page or ""))


class _Command(typer.core.TyperCommand):
    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage, in which only a choice is in braces."""
        return [re.sub(r"^{([^|]+)}$", r"\1", each) for each in super().collect_usage_pieces(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with _help():
            super().format_help(ctx, formatter)


class _Group(typer.core.TyperGroup):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        with _help():
            super().format_help(ctx, formatter)


class _Commands(_Group):
    """Builds a command only when it is called: its options alone cost milliseconds."""

    #: Whether only names and summaries are needed.
    _listed = False

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Render the help without building any command."""
        self._listed = True
        super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Complete names without building any command."""
        self._listed = True
        return super().shell_complete(ctx, incomplete)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        if self._listed:
            return typer.core.TyperCommand(cmd_name, help=COMMANDS[cmd_name])
        module = importlib.import_module(f"mailproof.cli.{cmd_name}")
        made = typer.Typer(
            name=cmd_name,
            cls=_Group,
            add_completion=False,
            rich_markup_mode="rich",
            pretty_exceptions_enable=False,
        )
        group = getattr(module, "COMMANDS", None)
        for name, command in (group or {cmd_name: module.command}).items():
            page = _paragraphs(command.__doc__)
            summary = page.partition("\n")[0]
            made.command(name, cls=_Command, context_settings=_SETTINGS, help=page, short_help=summary)(
                command
            )
        if group is not None:
            made.callback(
                help=_paragraphs(module.__doc__), short_help=COMMANDS[cmd_name], no_args_is_help=True
            )(lambda: None)
        return typer.main.get_command(made)


app = typer.Typer(
    name="mailproof",
    cls=_Commands,
    help="Checks whether a domain's mail will be trusted and delivered, and shows how to fix it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings=_SETTINGS,
    epilog="Exit codes: 0 clean · 1 findings at or over --fail-on · 2 wrong usage or configuration · "
    "3 something could not be checked · 130 interrupted",
)


def _version(value: bool) -> None:
    if value:
        from mailproof._version import __version__
        from mailproof.cli.writing import write_text

        write_text(f"mailproof {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", "-V", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; each of our errors becomes one line on stderr and an exit code."""
    with own_secrets(), read_once(), tracked_files():  # also while errors are shown
        _main(arguments)


def _main(arguments: Sequence[str] | None) -> None:
    import os

    from mailproof.errors import MailproofError

    try:
        code = app(
            args=list(arguments) if arguments is not None else None,
            prog_name="mailproof",
            standalone_mode=False,
        )
        sys.exit(code if isinstance(code, int) else 0)
    except MailproofError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except typer.Abort:
        complain("the input ended before the question was answered")
        sys.exit(2)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - last resort: one line, never a traceback
        if callable(getattr(error, "format_message", None)):  # click's, which some versions of Typer bundle
            _explain_usage(error, (arguments if arguments is not None else sys.argv[1:])[:1])
            sys.exit(2)
        if words := _refused_by_system(error):
            complain(words)
            sys.exit(2)
        # A bug of ours. The traceback may contain server text, so it is shown only on request.
        if os.environ.get("MAILPROOF_DEBUG"):
            import traceback

            note("".join(traceback.format_exception(error)))
        complain(
            f"internal error: {type(error).__name__}: {error} "
            "(please report it; MAILPROOF_DEBUG=1 shows the traceback)"
        )
        sys.exit(3)


def _refused_by_system(error: Exception) -> str:
    """What the operating system refused; "" for any other error."""
    import errno

    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return f"cannot write the output: {error.strerror}"
    if is_out_of_files(error):
        return NO_FILES
    if isinstance(error, OSError) and error.filename:  # inside an inaccessible folder, say
        return f"{error.filename}: cannot be reached: {error.strerror}"
    return ""


def _explain_usage(error: Any, first: Sequence[str]) -> None:
    """One line that points to --help; the help itself if no command was given.

    ``first`` is the first argument, as not every error has its command.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        return  # making the error has shown the help
    if possible := getattr(error, "possibilities", None):
        import difflib

        # Dashes make short options look alike.
        bare = {each.lstrip("-"): each for each in possible}
        near = difflib.get_close_matches(error.option_name.lstrip("-"), bare, n=1)
        error.possibilities = [bare[each] for each in near]
    context = getattr(error, "ctx", None)
    named = " ".join(("mailproof", *(word for word in first if word in COMMANDS)))
    command = context.command_path if context is not None else named
    words = error.format_message().rstrip(".").replace("Value error, ", "")
    for jargon, plain in _PLAIN.items():
        words = re.sub(jargon, plain, words)
    complain(f"{words[:1].lower()}{words[1:]}{_suggestion(words)} (see {command} --help)")


def _suggestion(words: str) -> str:
    """Suggest a command for an unknown one: a similar name, or the audit of a domain."""
    found = re.fullmatch(r"No such command '([\w.-]{1,253})'", words)
    if found is None:
        return ""
    import difflib

    near = difflib.get_close_matches(found[1], COMMANDS, n=1)
    suggested = near[0] if near else f"audit {found[1]}" if "." in found[1] else ""
    return f": did you mean mailproof {suggested}?" if suggested else ""
