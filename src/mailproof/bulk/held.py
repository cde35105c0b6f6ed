"""Rows that may still be replaced by better ones."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator


class Held:
    """The rows by their domains' keys, in a temporary file: memory is for the places alone."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open until close
        self._places: dict[int, int] = {}
        self._end = 0

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: int) -> bool:
        return key in self._places

    def put(self, key: int, row: bytes) -> None:
        """Hold a row in place of an earlier one. Raises OSError."""
        self._file.seek(self._end)
        self._file.write(row + b"\n")
        self._places[key], self._end = self._end, self._file.tell()

    def drop(self, key: int) -> None:
        """Forget a row."""
        del self._places[key]

    def clear(self) -> None:
        """Forget all rows."""
        self._places.clear()
        self._end = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """The keys and the rows, in the order in which the keys first came."""
        for key, place in self._places.items():
            self._file.seek(place)
            yield key, self._file.readline().rstrip(b"\n")

    def close(self) -> None:
        """The file is gone with that."""
        self._file.close()
