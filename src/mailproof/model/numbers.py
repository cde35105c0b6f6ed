"""Numbers that do not fit into a double."""

from __future__ import annotations

from typing import Any


class Large(int):
    """An integer that may be over 2^53: JSON has it as a string, since JavaScript and jq would round it."""


def read(kind: type, value: Any) -> object:
    """A Large from its JSON, for msgspec. Raises ValueError for what is none."""
    if kind is Large and isinstance(value, str | int):
        return Large(str(value)[:40])
    raise ValueError(f"{kind.__name__} expected")
