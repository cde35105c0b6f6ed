"""The keys of mailproof.toml as Markdown tables and as JSON Schema, both from the types.

What each key means is in docs/configuration-keys.toml.
"""

from __future__ import annotations

import enum
import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import fields

from mailproof.config import filters, monitoring, settings
from mailproof.config.reading import alternatives, wanted
from mailproof.config.settings import Config, DomainSelectors, Environment, Profile, RuleSeverity
from mailproof.config.wording import HIDDEN, SHOWN, known_keys
from mailproof.credentials import Credential
from mailproof.model import expectations
from mailproof.model.expectations import DkimKeyExpected

#: Where the schema is published; docs/schema.py has that of reports.
PUBLISHED = "https://raw.githubusercontent.com/mailproof/mailproof/main/docs/mailproof.schema.json"


class Table(Struct, frozen=True):
    """A table of the file: its header, the type behind it, what each key means, and a remark on all of it."""

    header: str
    kind: type[Struct]
    keys: dict[str, str]
    intro: str = ""


def _read_tables() -> tuple[Table, ...]:
    written = tomllib.loads((Path(__file__).parent / "configuration-keys.toml").read_text("utf-8"))
    sign_in = written["sign_in"]
    return tuple(
        Table(
            each["header"],
            _kind_named(each["type"]),
            {**each["keys"], **(sign_in if each.get("sign_in") else {})},
            each.get("intro", ""),
        )
        for each in written["table"]
    )


def _kind_named(name: str) -> type[Struct]:
    places = (settings, filters, monitoring, expectations)
    found: type[Struct] = next(getattr(each, name) for each in places if hasattr(each, name))
    return found


TABLES = _read_tables()
_BY_KIND = {table.kind: table for table in TABLES}
#: Arrays of the types that are tables in the file, by the name of each entry.
_TABLES_BY_NAME = (Profile, Environment, DkimKeyExpected)
_AUDIT = ("nameservers", "selectors", "timeout", "fail_on", "select", "ignore")
#: Keys that take a single value for a list of one.
_ONE_OR_MANY = ("zones", "folders", "program")


def key_tables() -> str:
    """A section for each table of the file, with a line for each key."""
    return "\n\n".join(_section(table) for table in TABLES)


def _section(table: Table) -> str:
    lines = [f"### `{table.header}`" if table.header else "### The top of the file"]
    if table.intro:
        lines += ["", table.intro]
    lines += ["", "| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for key, kind, default, meaning in _rows(table):
        words = _words(key, kind).replace("|", "\\|")
        lines.append(f"| `{key}` | {words} | {_default(default)} | {meaning} |")
    return "\n".join(lines)


def _default(value: Any) -> str:
    if value is NODEFAULT:
        return "required"
    named = value is False or (isinstance(value, str | int | float) and value)  # port 0: the usual one
    return f"`{json.dumps(value)}`" if named else ""


def _rows(table: Table) -> Iterator[tuple[str, Any, Any, str]]:
    """Key, type, default and meaning, in the order of the type; the kind, on which others depend, first."""
    for field in sorted(fields(table.kind), key=lambda each: each.name != "kind"):
        key = SHOWN.get(field.name, field.name)
        if key in known_keys(table.kind):
            yield key, field.type, NODEFAULT if field.required else field.default, table.keys[key]


def _words(key: str, kind: Any) -> str:
    kinds = alternatives(kind)
    if kinds[0] is Credential:
        return "a table of one key"
    words = " or ".join(map(wanted, kinds))
    if key == "selectors" and "tables" in words:
        return "a table"
    return "a table" if key in ("severities", "profiles", "environments") else words.partition(", 1000")[0]


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 7, which editors of TOML read) of mailproof.toml."""
    top = _object(Config)
    properties = top["properties"]
    properties["audit"] = {
        "type": "object",
        "description": "These keys may be at the top as well.",
        "properties": {key: properties[key] for key in _AUDIT},
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": PUBLISHED,
        "title": "mailproof.toml",
        **top,
    }


def _object(kind: type[Struct]) -> dict[str, Any]:
    table = _BY_KIND[kind]
    rows = tuple(_rows(table))
    required = [key for key, _, default, _ in rows if default is NODEFAULT]
    found: dict[str, Any] = {
        "type": "object",
        "properties": {key: {"description": meaning, **_schema(key, each)} for key, each, _, meaning in rows},
        "additionalProperties": False,
    }
    return {**found, "required": required} if required else found


def _schema(key: str, kind: Any) -> dict[str, Any]:
    kinds = [_of(key, each) for each in alternatives(kind)]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


_STRING = {"type": "string"}
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: _STRING,
    Path: _STRING,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
}


def _of(key: str, kind: Any) -> dict[str, Any]:
    if get_origin(kind) is Annotated:
        inner, limits = get_args(kind)
        return {**_of(key, inner), **_limits(limits)}
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is tuple:
        return _array(key, get_args(kind)[0])
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if issubclass(kind, enum.Enum):
        return {"enum": [each.value for each in kind]}
    return _credential() if kind is Credential else _object(kind)


def _limits(limits: Meta) -> dict[str, Any]:
    named = {"minimum": limits.ge, "maximum": limits.le, "maxItems": limits.max_length}
    return {name: value for name, value in named.items() if value is not None}


def _array(key: str, item: Any) -> dict[str, Any]:
    """An array; or the table that the file has in its place."""
    if item is RuleSeverity:
        return {"type": "object", "additionalProperties": {"enum": ["error", "warning", "info"]}}
    many = {"type": "array", "items": _STRING}
    if item is DomainSelectors:
        return {"type": "object", "additionalProperties": {"anyOf": [_STRING, many]}}
    if item in _TABLES_BY_NAME:
        tables = {"type": "object", "additionalProperties": _object(item)}
        return {"anyOf": [many, tables]} if item is DkimKeyExpected else tables
    found = {"type": "array", "items": _of(key, item)}
    return {"anyOf": [_STRING, found]} if key in _ONE_OR_MANY else found


def _credential() -> dict[str, Any]:
    """Where a password comes from. Never itself: a string is refused."""
    command = {"anyOf": [_STRING, {"type": "array", "items": _STRING}]}
    return {
        "type": "object",
        "properties": {"env": _STRING, "command": command, "keyring": _STRING},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The schema as a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def undocumented() -> tuple[str, ...]:
    """Keys without a meaning, and meanings without a key."""
    found = []
    for table in TABLES:
        known, told = set(known_keys(table.kind)) - {"audit"}, set(table.keys)
        found += [f"{table.header} {key}" for key in sorted(known ^ told)]
    return tuple(each for each in found if each.split()[-1] not in HIDDEN)
