"""The ``mailproof`` command: the commands and what ends them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import typer
import typer.core
import typer.main

from mailproof.cli.streams import complain

#: In the order of the help. Each is ``mailproof.cli.<name>.command``.
COMMANDS = ("audit", "probe", "verify", "spf", "explain", "rules", "init", "demo")
_SETTINGS = {"help_option_names": ["-h", "--help"]}


class _Commands(typer.core.TyperGroup):
    """Makes a command when it is called: its options alone cost milliseconds, and there are many."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mailproof.cli.{cmd_name}")
        single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        single.command(cmd_name, context_settings=_SETTINGS)(module.command)
        return typer.main.get_command(single)


app = typer.Typer(
    name="mailproof",
    cls=_Commands,
    help="Tells whether a domain's e-mail will be believed and delivered, and how to mend it if not.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_SETTINGS,
    epilog="Exit codes: 0 clean · 1 findings at or over --fail-on · 2 wrong usage or configuration · "
    "3 something could not be found out · 130 interrupted",
)


def _version(value: bool) -> None:
    if value:
        from mailproof._version import __version__

        sys.stdout.write(f"mailproof {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", "-V", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every error of ours is one line on stderr and the right exit code."""
    from mailproof.errors import MailproofError

    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="mailproof")
    except MailproofError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output went away (``| head``): say no more, and keep Python from trying to.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(141)
    except Exception as error:
        # A fault of ours. The traceback could hold what servers said or secrets: only who asks gets it.
        import os

        if os.environ.get("MAILPROOF_DEBUG"):
            raise
        complain(
            f"internal: {type(error).__name__}: {error} (please report it; MAILPROOF_DEBUG=1 shows where)"
        )
        sys.exit(3)
