"""Rows of incomplete domains, held back until their retry."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from mailproof.bulk.keys import Keys


class Held:
    """Rows in temporary files, in ``folder`` if it is writable. Only the domains' keys are in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        """Raises OSError."""
        self._waiting, self._settled = _temporary(folder), _temporary(folder)
        self._keys, self._tried = Keys(), Keys()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return key in self._keys

    def wait(self, key: int, row: bytes) -> None:
        """Hold a row until the domain is retried. Raises OSError."""
        self._waiting.write(key.to_bytes(8) + row + b"\n")
        self._keys.add(key)
        self._count += 1

    def settle(self, key: int, row: bytes | None) -> None:
        """Record a retry. ``row``: its row if the domain is still incomplete. Raises OSError."""
        self._tried.add(key)
        if row is None:
            self._count -= 1
        else:
            self._settled.write(row + b"\n")

    def clear(self) -> None:
        """Drop all rows that await a retry."""
        self._waiting.seek(0)
        self._waiting.truncate()
        self._keys, self._count = Keys(), 0

    def rows(self) -> Iterator[bytes]:
        """One row per domain, beginning with those that were not retried. Raises OSError."""
        self._waiting.seek(0)
        while key := self._waiting.read(8):
            row = self._waiting.readline()
            if int.from_bytes(key) not in self._tried:
                yield row.rstrip(b"\n")
        self._settled.seek(0)
        yield from (row.rstrip(b"\n") for row in self._settled)

    def close(self) -> None:
        """Close and delete the files."""
        self._waiting.close()
        self._settled.close()


def _temporary(folder: Path | None) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError:  # the results file may be in a folder we cannot write to
        return tempfile.TemporaryFile()
