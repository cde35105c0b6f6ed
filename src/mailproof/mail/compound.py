"""Compound files ([MS-CFB]) with the property names of Outlook ([MS-OXMSG] section 2), over olefile.

olefile is maintained, has a free licence and no dependencies. It bounds streams by the file's size, but
trusts the table counts in the header: those are checked before it opens the file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from mailproof.records.charsets import decode_charset

_PROPERTIES = "__properties_version1.0"
_MAX_PROPERTIES = 400_000


class Folder:
    """A storage of the file: the root or a nested one. Properties are read by number."""

    def __init__(self, file: Any, path: tuple[str, ...] = ()) -> None:
        self._file, self._path = file, path

    def folders(self, prefix: str) -> list[Folder]:
        """The direct sub-storages whose names start with ``prefix``, sorted."""
        depth = len(self._path) + 1
        names = sorted(
            path[-1]
            for path in self._file.listdir(streams=False, storages=True)
            if len(path) == depth and tuple(path[:-1]) == self._path and path[-1].startswith(prefix)
        )
        return [Folder(self._file, (*self._path, name)) for name in names]

    def text(self, number: int, limit: int, eight_bit: str) -> str | None:
        """At most ``limit`` octets of a string property, as Unicode or else in the 8-bit charset."""
        raw = self._read(f"__substg1.0_{number:04X}001F", limit)
        if raw is not None:
            return raw.decode("utf-16-le", "replace")
        raw = self._read(f"__substg1.0_{number:04X}001E", limit)
        return None if raw is None else text_of(raw, eight_bit)

    def binary(self, number: int, limit: int) -> bytes | None:
        """At most ``limit`` octets of a binary property."""
        return self._read(f"__substg1.0_{number:04X}0102", limit)

    def size(self, number: int) -> int:
        """The size of a binary property in octets; 0 if it is missing (or is a storage)."""
        stream = self._name(f"__substg1.0_{number:04X}0102")
        return int(self._file.get_size(stream)) if self._is_stream(stream) else 0

    def numbers(self, head: int) -> dict[int, int]:
        """The fixed-length properties by number, as integers, after a header of ``head`` octets."""
        raw = self._read(_PROPERTIES, _MAX_PROPERTIES) or b""
        found: dict[int, int] = {}
        for at in range(head, len(raw) - 15, 16):
            _, number, value = struct.unpack_from("<HH4xI", raw, at)
            found.setdefault(number, value)
        return found

    def _read(self, stream: str, limit: int) -> bytes | None:
        name = self._name(stream)
        if not self._is_stream(name):
            return None
        raw: bytes = self._file.openstream(name).read(limit)
        return raw

    def _name(self, stream: str) -> list[str]:
        return [*self._path, stream]

    def _is_stream(self, name: list[str]) -> bool:
        return bool(self._file.get_type(name) == 2)


def text_of(raw: bytes, charset: str) -> str:
    """Decode the text, as Latin-1 if the charset is unknown."""
    try:
        return decode_charset(raw, charset)
    except LookupError:
        return raw.decode("latin-1")


@contextmanager
def open_folder(stream: BinaryIO, reader: Callable[[BinaryIO], Any]) -> Iterator[Folder]:
    """Open the root. Raises ValueError for an impossible header, and any error that the reader raises."""
    _check_header(stream.read(512), stream.seek(0, 2))
    stream.seek(0)
    with reader(stream) as file:
        yield Folder(file)


def _check_header(head: bytes, size: int) -> None:
    """Check the table counts: more tables than the file has room for would exhaust the memory."""
    if len(head) < 512:
        raise ValueError("it ends in its header")
    (shift,) = struct.unpack_from("<H", head, 30)
    if shift not in (9, 12):
        raise ValueError("its sectors have an impossible size")
    sectors = (size >> shift) + 1
    tables, small, chained = (struct.unpack_from("<I", head, at)[0] for at in (44, 64, 72))
    per_sector = 1 << (shift - 2)
    if tables > sectors // per_sector + 110 or small > sectors or chained > tables // (per_sector - 1) + 1:
        raise ValueError("it claims larger tables than the file has room for")
