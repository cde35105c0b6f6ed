"""Option groups: named tuples of options that a command takes as one argument."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import wraps
from inspect import Parameter, Signature, signature
from math import isfinite
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from mailproof.errors import UsageError

Group = TypeVar("Group", bound=type)


def option(given: str, help: str, **settings: Any) -> Any:
    """An option: its names and the word for its value, if it has one (``--output -o FILE``); the help."""
    words = given.split()
    names = [word for word in words if word[0] == "-"]
    return typer.Option(*names, metavar=" ".join(words[len(names) :]) or None, help=help, **settings)


def argument(metavar: str, help: str, complete: Callable[..., Any] | None = None) -> Any:
    """What is given without the name of an option."""
    return typer.Argument(metavar=metavar, help=help, autocompletion=complete)


def panel(title: str) -> Callable[[Group], Group]:
    """Decorates a group: the heading of its options in the help."""

    def named(kind: Group) -> Group:
        _PANELS[kind] = title
        return kind

    return named


_PANELS: dict[type, str] = {}


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` as Typer needs it: the fields of each option group in its place, an option each."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[Parameter] = []
    groups: dict[str, Any] = {}
    for name, each in signature(command).parameters.items():
        kind = hints[name]
        if not hasattr(kind, "_field_defaults"):
            parameters.append(each.replace(kind=Parameter.KEYWORD_ONLY, annotation=kind))
            continue
        groups[name] = kind
        options = get_type_hints(kind, include_extras=True)
        for option in kind._fields:
            default = kind._field_defaults[option]
            annotation = _under(_PANELS[kind], options[option])
            parameters.append(
                Parameter(option, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            )

    @wraps(command)
    def expanded(**given: Any) -> None:
        for option, value in given.items():
            if isinstance(value, float) and not isfinite(value):  # which is in any range
                raise UsageError(f"--{option}: {value} is not a number")
        made = {
            name: kind(**{option: given.pop(option) for option in kind._fields})
            for name, kind in groups.items()
        }
        command(**given, **made)

    expanded.__signature__ = Signature(parameters)  # type: ignore[attr-defined] # what Typer reads
    expanded.__annotations__ = {each.name: each.annotation for each in parameters}
    return expanded


def _under(title: str, option: Any) -> Any:
    """The annotation with a copy of its option: several groups may share one, each under its own heading."""
    infos = tuple(copy(info) for info in option.__metadata__)
    for info in infos:
        info.rich_help_panel = info.rich_help_panel or title
    return Annotated[(option.__origin__, *infos)]
