"""Error messages for a configuration file: file, line, key, what is wrong, the nearest known key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from mailproof.config.reading import ARRAY_OF_TABLES, TABLE, Fault, Names
from mailproof.config.settings import Config, DomainSelectors, Environment, Profile, RuleSeverity
from mailproof.model import DkimKeyExpected

SHOWN = {"from_address": "from", "to_address": "to"}
#: Fields that are not keys of the file: they describe the file itself.
HIDDEN = ("path", "trust", "places")
_NAMED: dict[type[Struct], str] = {Profile: "name", Environment: "name", DkimKeyExpected: "selector"}
#: Types that the file writes as the value of one key, not as a table.
_VALUE: dict[type[Struct], str] = {RuleSeverity: "severity", DomainSelectors: "selectors"}


def describe(faults: Sequence[Fault], path: Path, text: str, prefix: tuple[str, ...], names: Names) -> str:
    """One line for the first fault. Never quotes the value: it may be a secret."""
    fault, *others = faults
    written = fault.keys[:-1] if fault.keys[-1] == _VALUE.get(fault.section) else fault.keys
    keys = _keys(written, names)
    dotted = ".".join(
        key
        for number, (key, raw) in enumerate(zip(keys, written, strict=True))
        if isinstance(raw, str) or written[:number] in names
    )
    if fault.kind == "unknown":
        missing = [str(each.keys[-1]) for each in others if _is_missing_beside(each, fault)]
        words = unknown_key(dotted, keys[-1], known_keys(fault.section), missing)
    elif fault.kind == "missing":
        words = f"'{dotted}' is missing"
    else:
        how = f": write [[{dotted}]]" if fault.wanted == ARRAY_OF_TABLES else ""
        words = f"'{dotted}': input should be {fault.wanted}{how}"
    more = f" (and {len(others)} more)" if others else ""
    return f"{place_of(path, text, prefix, keys)}: {words}{more}"


def _is_missing_beside(fault: Fault, unknown: Fault) -> bool:
    """Whether a required key is missing beside an unknown one, which may be a misspelling of it."""
    return fault.kind == "missing" and fault.keys[:-1] == unknown.keys[:-1] and fault.wanted != TABLE


def unknown_key(dotted: str, key: str, known: Iterable[str], missing: Sequence[str] = ()) -> str:
    """The message for an unknown key, suggesting the nearest known one or one that the table lacks."""
    names = sorted(known)
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    if missing and not difflib.get_close_matches(key, near, cutoff=0.8):
        hint = f"did you mean '{missing[0]}', which is missing?"
    else:
        hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(names)}"
    return f"unknown key '{dotted}': {hint}"


def known_keys(section: type[Struct]) -> list[str]:
    """The keys that a table of the file may have."""
    if section is Config:
        return ["audit", *(name for name in Config.__struct_fields__ if name not in HIDDEN)]
    hidden = _NAMED.get(section, "")
    return [SHOWN.get(name, name) for name in section.__struct_fields__ if name != hidden]


def _keys(keys: tuple[str | int, ...], names: Names) -> tuple[str, ...]:
    """The keys as written in the file: named tables by name, array items by index."""
    found: list[str] = []
    for number, key in enumerate(keys):
        if isinstance(key, str):
            found.append(SHOWN.get(key, key))
        else:
            found.append(names[keys[:number]][key] if keys[:number] in names else str(key))
    return tuple(found)


def place_of(path: Path, text: str, prefix: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """``file:line:column`` of the key, of the table that should hold it, or just the file.

    A top-level key may also be in [audit].
    """
    places = _places(text)
    for table in (prefix, (*prefix, "audit")):
        for end in range(len(keys), 0, -1):
            if place := places.get(table + keys[:end]):
                return f"{path}:{place[0]}:{place[1]}"
    return str(path)


_HEADER = re.compile(r"^\s*(\[\[?)([^\[\]]{1,300})\]\]?")
_KEY = re.compile(
    r"""^\s*((?:[\w-]+|"[^"]{0,200}"|'[^']{0,200}')(?:\s*\.\s*(?:[\w-]+|"[^"]{0,200}"))*)\s*="""
)
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
#: Line and column, both counted from 1.
Place = tuple[int, int]


def _places(text: str) -> dict[tuple[str, ...], Place]:
    """The first position of every key and table header.

    It is approximate, for messages only: tomllib does the parsing. Tables of an array are keyed by name and
    index.
    """
    found: dict[tuple[str, ...], Place] = {}
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            parts = _parts(header[2])
            if header[1] == "[[":
                array = (*_numbered(parts[:-1], counts), *parts[-1:])
                counts[array] = counts.get(array, -1) + 1
                found.setdefault(array, (number, header.start(1) + 1))
            table = _numbered(parts, counts)
            _record(found, table, (number, header.start(1) + 1))
            continue
        key = _KEY.match(line)
        if key:
            full = table + _parts(key[1])
            _record(found, full, (number, key.start(1) + 1))
            for inner in re.finditer(r"[{,]\s*([\w-]{1,100})\s*=", line[key.end() :]):
                found.setdefault((*full, inner[1]), (number, key.end() + inner.start(1) + 1))
    return found


def _record(found: dict[tuple[str, ...], Place], keys: tuple[str, ...], place: Place) -> None:
    """Record the position of a key, and of the tables that its dotted form implies."""
    for end in range(len(keys), 0, -1):
        if keys[:end] in found:
            break
        found[keys[:end]] = place


def _numbered(parts: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """A table's path with the current index inserted after each array in it."""
    keys: tuple[str, ...] = ()
    for part in parts:
        keys = (*keys, part)
        if keys in counts:
            keys = (*keys, str(counts[keys]))
    return keys


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(text))
