"""Option groups: named tuples of options that a command takes as one argument."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import wraps
from inspect import Parameter, Signature, signature
from math import isfinite
from typing import Annotated, Any, TypeVar, cast, get_type_hints

import typer
from typer.models import ParameterInfo

from mailproof.errors import UsageError

Group = TypeVar("Group", bound=type)
T = TypeVar("T")


def option(given: str, help: str, default: T = cast(Any, ...), **settings: Any) -> T:
    """An option: its names and the word for its value, if it has one (``--output -o FILE``); the help; its
    value where it is not given, without which it is required, or said where the option is used.
    """
    words = given.split()
    names = [word for word in words if word[0] == "-"]
    metavar = " ".join(words[len(names) :]) or None
    return cast(T, typer.Option(default, *names, metavar=metavar, help=help, **settings))


def argument(
    metavar: str, help: str, default: T = cast(Any, ...), complete: Callable[..., Any] | None = None
) -> T:
    """What is given without the name of an option."""
    return cast(T, typer.Argument(default, metavar=metavar, help=help, autocompletion=complete))


def panel(title: str) -> Callable[[Group], Group]:
    """Decorates a group: the heading of its options. Made without one of them, it has its default."""

    def named(kind: Group) -> Group:
        made = cast(Any, kind)
        _PANELS[kind] = title, made._field_defaults
        made.__new__.__defaults__ = tuple(
            each.default if isinstance(each, ParameterInfo) else each for each in _PANELS[kind][1].values()
        )
        return kind

    return named


#: The heading of each group, and its fields: options, or the defaults of options that their types name.
_PANELS: dict[type, tuple[str, dict[str, Any]]] = {}


class Without(tuple[str, ...]):
    """Beside a group in an annotation: the fields of it that the command does not take."""

    def __new__(cls, *fields: str) -> Without:
        return super().__new__(cls, fields)


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` as Typer needs it: the fields of each option group in its place, an option each."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[Parameter] = []
    groups: dict[str, Any] = {}
    for name, each in signature(command).parameters.items():
        kind = getattr(hints[name], "__origin__", hints[name])
        if kind not in _PANELS:
            parameters.append(each.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[name]))
            continue
        left_out = getattr(hints[name], "__metadata__", ((),))[0]
        title, fields = _PANELS[kind]
        groups[name] = kind, [option for option in fields if option not in left_out]
        options = get_type_hints(kind, include_extras=True)
        for option in groups[name][1]:
            default = fields[option]
            annotation = options[option]
            if isinstance(default, ParameterInfo):
                default = _under(title, default)
            else:
                annotation = Annotated[(annotation.__origin__, _under(title, *annotation.__metadata__))]
            parameters.append(
                Parameter(option, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            )

    @wraps(command)
    def expanded(**given: Any) -> None:
        for option, value in given.items():
            if isinstance(value, float) and not isfinite(value):  # which is in any range
                raise UsageError(f"--{option}: {value} is not a number")
        made = {
            name: kind(**{option: given.pop(option) for option in options})
            for name, (kind, options) in groups.items()
        }
        command(**given, **made)

    expanded.__signature__ = Signature(parameters)  # type: ignore[attr-defined] # what Typer reads
    expanded.__annotations__ = {each.name: each.annotation for each in parameters}
    return expanded


def _under(title: str, option: ParameterInfo) -> ParameterInfo:
    """A copy of an option: several groups may share one, each under its own heading."""
    found = copy(option)
    found.rich_help_panel = found.rich_help_panel or title
    return found
