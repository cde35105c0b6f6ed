"""Faults of a configuration file in words: file, line, key, what is wrong, the nearest known key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from mailproof.config.reading import Fault
from mailproof.config.settings import Config, Profile

_SHOWN = {"from_address": "from", "to_address": "to"}


def describe(
    fault: Fault, path: Path, text: str, prefix: tuple[str, ...], profile_names: tuple[str, ...]
) -> str:
    """A fault as a line. Never quotes the value: it may be a secret."""
    keys = _keys(fault.keys, profile_names)
    dotted = ".".join(keys)
    if fault.kind == "unknown":
        words = unknown_key(dotted, keys[-1], _known(fault.section))
    elif fault.kind == "missing":
        words = f"'{dotted}' is missing"
    else:
        words = f"'{dotted}': input should be {fault.wanted}"
    return f"{place_of(path, text, prefix, keys)}: {words}"


def unknown_key(dotted: str, key: str, known: Iterable[str]) -> str:
    """The words for a key that does not exist, with the nearest that does."""
    names = sorted(known)
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(names)}"
    return f"unknown key '{dotted}': {hint}"


def _known(section: type[Struct]) -> list[str]:
    """The keys that a table may have in the file."""
    if section is Config:
        return ["audit", *(name for name in Config.__struct_fields__ if name not in ("path", "trust"))]
    hidden = {"name"} if section is Profile else set()
    return [_SHOWN.get(name, name) for name in section.__struct_fields__ if name not in hidden]


def _keys(keys: tuple[str | int, ...], profile_names: tuple[str, ...]) -> tuple[str, ...]:
    """The keys as the file has them: profiles by their names, other arrays without numbers."""
    found: list[str] = []
    for key in keys:
        if isinstance(key, str):
            found.append(_SHOWN.get(key, key))
        elif found == ["profiles"]:
            found.append(profile_names[key])
    return tuple(found)


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
