"""What reading a zone may cost."""

from __future__ import annotations

from msgspec import Struct


class ZoneLimits(Struct, frozen=True):
    """What a zone given as text or file may cost."""

    #: Octets of a zone file and all the files it includes.
    file_bytes: int = 32 * 1024 * 1024
    #: Records of a zone.
    records: int = 500_000
    #: Files that a zone includes.
    includes: int = 64
    #: Includes inside each other.
    depth: int = 8
