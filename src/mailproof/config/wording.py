"""Faults of a configuration file in words: file, line, key, what is wrong, the nearest known key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from mailproof.config import filters, settings

_SHOWN = {"from_address": "from", "to_address": "to"}
_TYPES: dict[str, type] = {
    "submit": settings.SubmitSettings,
    "message": settings.MessageSettings,
    "retrieve": settings.RetrieveSettings,
    "list_unsubscribe": settings.UnsubscribeSettings,
    "ignore": settings.IgnoreRule,
    "profiles": settings.Profile,
    "filters": filters.FilterSettings,
    "spamassassin": filters.SpamAssassinSettings,
    "rspamd": filters.RspamdSettings,
}


def describe(
    fault: Mapping[str, Any], path: Path, text: str, prefix: tuple[str, ...], names: tuple[str, ...]
) -> str:
    """One validation fault (of pydantic) as a line. Never quotes the value: it may be a secret."""
    keys, section = _keys(tuple(fault["loc"]), names)
    dotted = ".".join(keys)
    kind = fault["type"]
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        known = ["audit", *_known(settings.Config)] if section is settings.Config else _known(section)
        words = unknown_key(dotted, keys[-1], known)
    elif kind in ("missing", "missing_argument"):
        words = f"'{dotted}' is missing"
    else:
        words = f"'{dotted}': {_in_toml(str(fault['msg']))}"
    return f"{place_of(path, text, prefix, keys)}: {words}"


def _in_toml(message: str) -> str:
    """A validator's words, which are Python's, in TOML's."""
    message = re.sub(r"a valid dictionary|a dictionary or an instance of \w+", "a table", message)
    message = re.sub(r"a valid (tuple|list)", "an array", message)
    return message[:1].lower() + message[1:]


def unknown_key(dotted: str, key: str, known: Iterable[str]) -> str:
    """The words for a key that does not exist, with the nearest that does."""
    names = sorted(known)
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(names)}"
    return f"unknown key '{dotted}': {hint}"


def _known(section: type) -> list[str]:
    if not is_dataclass(section):
        return []
    hidden = {"path"} if section is settings.Config else {"name"} if section is settings.Profile else set()
    return [_SHOWN.get(f.name, f.name) for f in fields(section) if f.name not in hidden]


def _keys(loc: tuple[Any, ...], names: tuple[str, ...]) -> tuple[tuple[str, ...], type]:
    """The keys as the file has them, and the type that the last of them belongs to."""
    keys: list[str] = []
    section: type = settings.Config
    for index, part in enumerate(loc):
        if isinstance(part, int):
            if keys and keys[-1] == "profiles" and part < len(names):
                keys.append(names[part])
            continue
        if index < len(loc) - 1:
            section = _TYPES.get(part, section)
        keys.append(_SHOWN.get(part, part))
    return tuple(keys), section


def place_of(path: Path, text: str, prefix: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """``file:line`` of the key, of the table that should hold it, or just the file."""
    lines = _lines(text)
    wanted = prefix + keys
    while len(wanted) > len(prefix):
        if wanted in lines:
            return f"{path}:{lines[wanted]}"
        wanted = wanted[:-1]
    return str(path)


_HEADER = re.compile(r"^\s*\[\[?([^\[\]]{1,300})\]\]?")
_KEY = re.compile(
    r"""^\s*((?:[\w-]+|"[^"]{0,200}"|'[^']{0,200}')(?:\s*\.\s*(?:[\w-]+|"[^"]{0,200}"))*)\s*="""
)
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The first line of every key and table header (good enough to point at; TOML itself is tomllib's)."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            table = _parts(header[1])
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            full = table + _parts(key[1])
            found.setdefault(full, number)
            for inner in re.findall(r"[{,]\s*([\w-]{1,100})\s*=", line[key.end() :]):
                found.setdefault((*full, inner), number)
    return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(text))
