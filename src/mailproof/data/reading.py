"""Reads the bundled lists, each as the type that it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


def read(name: str, kind: type[T]) -> T:
    """The file of that name beside this one. What is of a class of its own is made by that class."""
    raw = Path(__file__).with_name(name).read_bytes()
    return msgspec.toml.decode(raw, type=kind, dec_hook=lambda own, value: own(value))


def bundled(name: str, kind: type[T]) -> Callable[[], T]:
    """A function that gives what is in the file of that name, which is read when it is first wanted."""
    return cache(partial(read, name, kind))
