"""Numbers that do not fit into a double."""

from __future__ import annotations

from typing import Any


class Large(int):
    """An integer that may exceed 2^53: a string in JSON, since JavaScript and jq would round it."""


def read(kind: type, value: Any) -> object:
    """Decode a Large from JSON, for msgspec. Raises ValueError for anything else."""
    if kind is Large and isinstance(value, str | int):
        return Large(str(value)[:40])
    raise ValueError(f"{kind.__name__} expected")
