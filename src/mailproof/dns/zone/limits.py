"""Bounds on reading a zone."""

from __future__ import annotations

from msgspec import Struct


class ZoneLimits(Struct, frozen=True):
    """Bounds on a zone given as text or file."""

    #: Octets of a zone file and all the files it includes.
    file_bytes: int = 32 * 1024 * 1024
    #: Records of a zone.
    records: int = 500_000
    #: Files that a zone includes.
    includes: int = 64
    #: Nesting depth of includes.
    depth: int = 8
