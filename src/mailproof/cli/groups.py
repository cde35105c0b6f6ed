"""Option groups: NamedTuples of options that a command takes as one argument."""

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
    """Declare an option: its names and metavar (``--output -o FILE``), its help, and its default.

    Without a default it is required, or the default is given where the option is used.
    """
    words = given.split()
    names = [word for word in words if word[0] == "-"]
    metavar = " ".join(words[len(names) :]) or None
    return cast(T, typer.Option(default, *names, metavar=metavar, help=help, **settings))


def argument(
    metavar: str, help: str, default: T = cast(Any, ...), complete: Callable[..., Any] | None = None
) -> T:
    """Declare a positional argument."""
    return cast(T, typer.Argument(default, metavar=metavar, help=help, autocompletion=complete))


def panel(title: str) -> Callable[[Group], Group]:
    """Decorate a group with the heading of its options. Constructing it fills in the options' defaults."""

    def named(kind: Group) -> Group:
        made = cast(Any, kind)
        _PANELS[kind] = title, made._field_defaults
        made.__new__.__defaults__ = tuple(
            each.default if isinstance(each, ParameterInfo) else each for each in _PANELS[kind][1].values()
        )
        return kind

    return named


#: The heading of each group, and its fields: options, or the defaults for options in annotations.
_PANELS: dict[type, tuple[str, dict[str, Any]]] = {}


class Without(tuple[str, ...]):
    """Annotation metadata for a group: the fields that a command does not take."""

    def __new__(cls, *fields: str) -> Without:
        return super().__new__(cls, fields)


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Wrap ``command`` for Typer: each option group is expanded into separate parameters."""
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
            if isinstance(value, float) and not isfinite(value):  # passes any range check
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
    """Copy an option: several groups may share it, each under its own heading."""
    found = copy(option)
    found.rich_help_panel = found.rich_help_panel or title
    return found
