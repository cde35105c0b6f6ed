"""Writes docs/mailproof.1, the man page, from what the commands' own ``--help`` is made of.

.venv/bin/python docs/man.py; a test fails where the file differs from what this would write. Options that
several commands share are listed once.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from mailproof._version import __version__
from mailproof.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # it is run as a script, too

from docs.reference import about, commands  # noqa: E402 - after the path

PAGE = ROOT / "docs" / "mailproof.1"
CHANGES = ROOT / "CHANGELOG.md"
ENVIRONMENT = (
    ("MAILPROOF_CONFIG", "The configuration file, as with --config."),
    (
        "MAILPROOF_ALLOW_ADDRESS",
        "Networks that may be connected to, as with --allow-address, separated by spaces.",
    ),
    ("NO_COLOR, FORCE_COLOR", "No colour, or colour also where the output is no terminal."),
    ("COLUMNS", "The width of text."),
    ("TERM, TTY_COMPATIBLE", "What the terminal can show."),
    ("CI", "In a pipeline: no configuration runs commands without --allow-commands."),
    (
        "GITHUB_ACTIONS, GITHUB_STEP_SUMMARY",
        "In GitHub Actions: text cannot give the runner orders, and -f github adds the summary of the step.",
    ),
    ("XDG_STATE_HOME", "Where trusted configurations are remembered."),
    ("MAILPROOF_DEBUG", "Show the traceback of an internal error. It may contain what servers wrote."),
)
FILES = (
    ("mailproof.toml", "The configuration, in the working folder or above it, up to the root of a checkout."),
    ("pyproject.toml", "The same, in its table [tool.mailproof]."),
    ("~/.local/state/mailproof/trusted", "The configurations that `mailproof trust` has been run on."),
)
EXAMPLES = (
    (
        "Audit a domain, with a selector and a sending address:",
        "mailproof audit acme.example -s s1 --ip 192.0.2.25",
    ),
    ("Check a zone file before it is published:", "mailproof audit --zone acme.zone --offline"),
    ("In a pipeline, with annotations and a report in SARIF:", "mailproof check -f github -o report.sarif"),
    ("See what a change does to mail:", "mailproof diff live acme.zone"),
    ("Verify a saved message:", "mailproof verify message.eml"),
    ("Find out what a rejection means:", 'mailproof explain "550 5.7.26 Unauthenticated email"'),
)


def page() -> str:
    """The page, in the macros of man(7)."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("mailproof", [], resilient_parsing=True)
    found = dict(commands(group, context))
    shared = _shared(found)
    lines = [
        f'.TH MAILPROOF 1 "{_date()}" "mailproof {__version__}" "User Commands"',
        ".SH NAME",
        "mailproof \\- checks whether a domain's mail will be trusted and delivered",
        ".SH SYNOPSIS",
        ".B mailproof",
        ".I COMMAND",
        "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
        *_text(group.help),
        "What could not be checked is unknown, with the reason, and never missing.",
        ".SH COMMANDS",
    ]
    for name, command in found.items():
        lines += _command(name, command, context, shared)
    for title, (users, parameters) in shared.items():
        lines += [
            f".SH OPTIONS OF {title.upper()}",
            f"Shared by {_list(users)}, as far as their --help shows them.",
        ]
        for each in parameters:
            lines += _option(each, context)
    lines += [".SH OPTIONS"]
    for each in group.params:
        lines += _option(each, context)
    lines += [".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Show the help of mailproof, or of a command."]
    lines += [
        ".SH EXIT STATUS",
        "The same for all formats, and for all commands that say nothing else above.",
    ]
    for code, meaning in re.findall(r"(\d+) ([^·]+?)(?: ·|$)", app.info.epilog or ""):
        lines += [".TP", f".B {code}", *_text(f"{meaning[0].upper()}{meaning[1:]}.")]
    for title, entries in (("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        lines += [f".SH {title}"]
        for key, meaning in entries:
            lines += [".TP", f".B {_escaped(key)}", *_text(meaning)]
    lines += [".SH EXAMPLES"]
    for number, (what, line) in enumerate(EXAMPLES):
        lines += [*([".PP"] if number else []), *_text(what), *_example(line)]
    lines += [".SH SEE ALSO", ".BR dig (1),", ".BR delv (1),", ".BR swaks (1)"]
    return "\n".join(lines) + "\n"


def _date() -> str:
    """The day of the version that CHANGELOG.md names first."""
    found = re.search(r"^## \[[\d.]+\] - (\d{4}-\d\d-\d\d)", CHANGES.read_text("utf-8"), re.MULTILINE)
    return found[1] if found else ""


def _shared(commands: dict[str, Any]) -> dict[str, tuple[list[str], list[Any]]]:
    """Groups of options that more than one command has: heading -> the commands, and the options."""
    found: dict[str, tuple[list[str], list[Any]]] = {}
    for name, command in commands.items():
        for each in command.params:
            if panel := _panel(each):
                users, parameters = found.setdefault(panel, ([], []))
                if name not in users:
                    users.append(name)
                if each.name not in {one.name for one in parameters}:
                    parameters.append(each)
    return {panel: both for panel, both in found.items() if len(both[0]) > 1}


def _panel(parameter: Any) -> str:
    named = getattr(parameter, "rich_help_panel", None)
    return "" if parameter.param_type_name == "argument" or parameter.hidden else named or ""


def _command(name: str, command: Any, parent: Any, shared: dict[str, Any]) -> Iterator[str]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    words = [each.make_metavar(context) for each in command.params if each.param_type_name == "argument"]
    yield f".SS mailproof {name}"
    yield f".B mailproof {name}"
    yield " ".join(["[\\fIOPTIONS\\fR]", *(f"\\fI{_escaped(each)}\\fR" for each in words)])
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines = list(_paragraph(paragraph))
        yield from lines if lines[0] == ".PP" else (".PP", *lines)
    used = []
    for each in command.params:
        if _panel(each) in shared:
            used.append(_panel(each))
        elif not each.hidden and each.name != "help":
            yield from _option(each, context)
    if used:
        yield ".PP"
        yield f"And the options of {_list([_escaped(each) for each in dict.fromkeys(used)])}, below."


def _paragraph(text: str) -> Iterator[str]:
    """Words, or an example where the help has a command in bold at the end."""
    match = re.fullmatch(r"(.*?)\[bold\](.*?)\[/\]\s*", text, re.DOTALL)
    if match is None:
        yield from _text(re.sub(r"\[/?(?:bold)?\]", "", text))
        return
    if match[1].strip():
        yield from _text(match[1].strip())
    yield from _example(" ".join(match[2].split()))


def _example(line: str) -> tuple[str, ...]:
    return (".PP", ".RS 4", ".nf", _escaped(line), ".fi", ".RE")


def _option(parameter: Any, context: Any) -> Iterator[str]:
    value = parameter.make_metavar(context)
    argument = parameter.param_type_name == "argument"
    names = sorted((*parameter.opts, *parameter.secondary_opts), key=len)
    if argument:
        term = f"\\fI{_escaped(value)}\\fR"
    else:
        term = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in names)
        term += "" if parameter.is_flag or parameter.count else f" \\fI{_escaped(value)}\\fR"
    yield ".TP"
    yield term
    yield from _text(about(parameter))


def _text(words: str) -> list[str]:
    """Running text, a sentence to a line."""
    flat = " ".join(words.split())
    return [_escaped(each) for each in re.split(r"(?<=[.;:?]) (?=[A-Z])", flat) if each]


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
