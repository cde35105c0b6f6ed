"""The dated list of services where a name that is free can be taken by anybody (``takeover.toml``)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from msgspec import Struct


class TakeoverServices(Struct, frozen=True):
    """Suffixes of host names, and whose they are."""

    date: str
    suffixes: tuple[tuple[str, str], ...]

    def service_of(self, name: str) -> str:
        """The service that hands out the name; empty where none is known."""
        return next((service for suffix, service in self.suffixes if name.endswith(f".{suffix}")), "")


@lru_cache(maxsize=1)
def takeover_services() -> TakeoverServices:
    """The bundled list."""
    data = tomllib.loads(Path(__file__).with_name("takeover.toml").read_text("utf-8"))
    pairs = [(suffix, each["name"]) for each in data["service"] for suffix in each["suffixes"]]
    return TakeoverServices(str(data["date"]), tuple(pairs))
