"""Ask questions on the terminal, repeating them until the answer is valid."""

from __future__ import annotations

import json
from collections.abc import Callable

import typer

from mailproof.cli.streams import complain


def ask(question: str, default: str | None, problem: Callable[[str], str]) -> str:
    """Ask until ``problem`` returns "" for the answer."""
    while True:
        text: str = typer.prompt(question, default=default).strip()
        if not (words := problem(text)):
            return text
        complain(words)


def ask_variable(question: str, default: str, secret: str) -> str:
    """Ask for the name of the environment variable that holds the ``secret``."""

    def problem(text: str) -> str:
        named = text.isidentifier() and text.isascii()
        return "" if named else f"{text[:20]!r} is not a variable name (don't enter the {secret} itself)"

    return ask(question, default, problem)


def line(key: str, value: str) -> str:
    """A line of mailproof.toml with a basic string: JSON's escapes are valid in TOML."""
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def secret_line(key: str, variable: str) -> str:
    """A line that takes a secret from an environment variable."""
    return f"{key} = {{ env = {json.dumps(variable)} }}"
