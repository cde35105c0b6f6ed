"""Groups items by a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


def grouped(items: Iterable[_V], key: Callable[[_V], _K]) -> dict[_K, list[_V]]:
    """The items by their key: both keys and items in the order in which they come first."""
    groups: dict[_K, list[_V]] = {}
    for each in items:
        groups.setdefault(key(each), []).append(each)
    return groups
