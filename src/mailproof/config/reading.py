"""Parse a table of the file into one of the settings types, collecting every fault and where it is.

msgspec checks each value, but the messages are ours: its own quote the value, which may be a secret.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import fields

from mailproof.printable import listed

T = TypeVar("T", bound=Struct)
#: The path of an array that was a table in the file -> the names of its tables.
Names = dict[tuple[str | int, ...], tuple[str, ...]]
TABLE, ARRAY_OF_TABLES = "a table", "an array of tables"
_WORDS = {str: "a string", int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}


class Fault(Struct, frozen=True):
    """A fault in the value at ``keys`` (numbers index the tables of an array).

    ``section`` is the type that the last key belongs to, or should; ``wanted`` describes a valid value, "" if
    the key is unknown.
    """

    keys: tuple[str | int, ...]
    section: type[Struct]
    kind: Literal["unknown", "missing", "value"]
    wanted: str = ""


def read(
    kind: type[T], table: dict[str, Any], keys: tuple[str | int, ...] = ()
) -> tuple[T | None, list[Fault]]:
    """The settings, or None and the faults. Unknown keys come first: a typo explains the rest."""
    known = {field.name: field for field in fields(kind)}
    faults = [Fault((*keys, key), kind, "unknown") for key in table if key not in known]
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in table:
            values[name], more = _value(field.type, table[name], (*keys, name), kind)
            faults += more
        elif field.required:
            faults.append(Fault((*keys, name), kind, "missing", wanted(field.type)))
    faults.sort(key=lambda fault: fault.kind != "unknown")
    return (None, faults) if faults else (kind(**values), faults)


def _value(
    kind: Any, value: Any, keys: tuple[str | int, ...], section: type[Struct]
) -> tuple[Any, list[Fault]]:
    kinds = alternatives(kind)
    if isinstance(value, dict) and isinstance(kinds[0], type) and issubclass(kinds[0], Struct):
        return read(kinds[0], value, keys)
    item = _item(kinds[0])
    if item is not None and isinstance(value, list) and all(isinstance(each, dict) for each in value):
        read_all = [_value(item, each, (*keys, number), section) for number, each in enumerate(value)]
        return tuple(each for each, _ in read_all), [fault for _, faults in read_all for fault in faults]
    if isinstance(value, date) and date in kinds:
        return value, []  # TOML dates and datetimes alike
    for each in kinds:
        try:
            return convert(value, each, strict=False), []
        except ValidationError:
            continue
    return None, [Fault(keys, section, "value", " or ".join(map(wanted, kinds)))]


def alternatives(kind: Any) -> tuple[Any, ...]:
    """The members of a union; TOML has no null, so None is left out."""
    if get_origin(kind) in (Union, UnionType):
        return tuple(each for each in get_args(kind) if each is not NoneType)
    return (kind,)


def _item(kind: Any) -> type[Struct] | None:
    """The item type of an array of tables."""
    first = get_args(kind)[0] if get_origin(kind) is tuple else None
    return first if isinstance(first, type) and issubclass(first, Struct) else None


def wanted(kind: Any) -> str:
    """How messages describe a type."""
    if get_origin(kind) is Annotated:
        kind, limits = get_args(kind)
        return wanted(kind) + _between(limits)
    if get_origin(kind) is Literal:
        return listed([repr(each) for each in get_args(kind)], "or")
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return ARRAY_OF_TABLES if _item(kind) else f"an array of {wanted(item).partition(' ')[2]}s"
    if issubclass(kind, date):
        return "a date"
    if issubclass(kind, Enum):
        return listed([repr(each.value) for each in kind], "or")
    return _WORDS.get(kind, TABLE)


def _between(limits: Meta) -> str:
    if limits.max_length is not None:
        return f", {limits.max_length} at most"
    return f" from {limits.ge} to {limits.le}"
