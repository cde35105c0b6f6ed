"""docs/commands.md: all commands, from what ``--help`` is made of. docs/generate.py writes it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer.main

from mailproof.cli.app import COMMANDS, app

HEAD = """# Commands

What `mailproof COMMAND --help` shows. The exit codes are the same for all formats, and for all commands that
say nothing else below:

| exit code | meaning |
| --- | --- |
"""


def text() -> str:
    """The page."""
    group = typer.main.get_command(app)
    context = group.make_context("mailproof", [], resilient_parsing=True)
    codes = re.findall(r"(\d+) ([^·]+?)(?: ·|$)", app.info.epilog or "")
    parts = [HEAD + "".join(f"| {code} | {meaning} |\n" for code, meaning in codes)]
    parts += [_command(name, command, context) for name, command in commands(group, context)]
    return "\n".join(parts)


def commands(group: Any, context: Any) -> Iterator[tuple[str, Any]]:
    """All commands by name; of a command that has commands, these: ``key new``."""
    for name in COMMANDS:
        command = group.get_command(context, name)
        inner = getattr(command, "commands", None)
        yield from ((f"{name} {one}", each) for one, each in inner.items()) if inner else ((name, command),)


def about(parameter: Any) -> str:
    """The help of an argument or option, with its default."""
    words = " ".join((parameter.help or "").split())
    shown = parameter.show_default and parameter.default not in (None, False, "", ...)
    return f"{words} Default: {parameter.default}." if shown else words


def _command(name: str, command: Any, parent: Any) -> str:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    usage = " ".join(["mailproof", name, *command.collect_usage_pieces(context)])
    lines = [f"## mailproof {name}", "", f"    {usage}", "", _plain(inspect.cleandoc(command.help or "")), ""]
    panels: dict[str, list[Any]] = {}
    for each in command.params:
        if not each.hidden:
            argument = each.param_type_name == "argument"
            panels.setdefault("Arguments" if argument else each.rich_help_panel or "Options", []).append(each)
    for panel, found in panels.items():
        column = "argument" if panel == "Arguments" else "option"
        lines += [f"**{panel}**", "", f"| {column} | |", "| --- | --- |"]
        lines += [f"| {_names(each, context)} | {_cell(_about(each))} |" for each in found]
        lines.append("")
    return "\n".join(lines)


def _plain(help_text: str) -> str:
    """The help as Markdown: what is bold there is a command."""
    return re.sub(r"\[bold\](.*?)\[/\]", lambda bold: f"`{' '.join(bold[1].split())}`", help_text, flags=re.S)


def _names(parameter: Any, context: Any) -> str:
    value = parameter.make_metavar(context)
    if parameter.param_type_name == "argument":
        return f"`{_cell(value)}`"
    takes = "" if parameter.is_flag or parameter.count else f" {value}"
    names = sorted((*parameter.opts, *parameter.secondary_opts), key=len)
    return f"`{_cell(', '.join(names) + takes)}`"


def _about(parameter: Any) -> str:
    variable = f" Or `{parameter.envvar}` in the environment." if parameter.envvar else ""
    return _quoted(about(parameter)) + variable


def _quoted(help_text: str) -> str:
    """Markdown and HTML that is no more than text in the terminal is text here too."""
    return re.sub(r"([*_<\[\\])", r"\\\1", help_text)


def _cell(text_of_cell: str) -> str:
    return text_of_cell.replace("|", "\\|")
