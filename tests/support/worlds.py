"""Facts of a rule's case: a shared world (tests/rules/worlds/) with changes.

``world`` names it; ``remove`` lists paths (``transport.connections.0.tls``) to delete, ``[change]`` has new
values by path. A number is an index into a list; one past the end appends an item.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

WORLDS = Path(__file__).resolve().parents[1] / "rules" / "worlds"


def read(path: Path, kind: type[T]) -> T:
    """Read facts from a file."""
    return msgspec.convert(facts_of(path), kind, builtin_types=(datetime,))


def facts_of(path: Path) -> dict[str, Any]:
    """Read facts from a file as plain values."""
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    if "world" not in case:
        return case
    facts = tomllib.loads((WORLDS / f"{case['world']}.toml").read_text(encoding="utf-8"))
    for place in case.get("remove", ()):
        holder, last = _at(facts, place)
        del holder[last]
    for place, value in case.get("change", {}).items():
        holder, last = _at(facts, place)
        if isinstance(holder, list) and last == len(holder):
            holder.append(value)
        else:
            holder[last] = value
    return facts


def _at(facts: dict[str, Any], place: str) -> tuple[Any, Any]:
    """The container of the value at a path, and the value's key or index."""
    *way, last = place.split(".")
    holder: Any = facts
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    return holder, int(last) if isinstance(holder, list) else last
