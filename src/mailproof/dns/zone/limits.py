"""What reading a zone may cost."""

from __future__ import annotations

from msgspec import Struct


class ZoneLimits(Struct, frozen=True):
    """What a zone given as text or file may cost. ``file_bytes`` counts all included files together."""

    file_bytes: int = 32 * 1024 * 1024
    records: int = 500_000
    includes: int = 64
    depth: int = 8
