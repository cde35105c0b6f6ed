"""Reads the bundled lists, each as the type that it is."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


def read(name: str, kind: type[T]) -> T:
    """The file of that name beside this one."""
    return msgspec.toml.decode(Path(__file__).with_name(name).read_bytes(), type=kind)
