"""The results file: lines of JSON, appended, that a later run can continue."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from stat import S_ISREG

from mailproof.errors import UsageError
from mailproof.files import locked

#: Seconds after which results are synced to disk at the latest.
SYNC_S = 5.0
_CHUNK = 1 << 20


class Journal:
    """An open file of lines, each ending in a line feed. A partial line at the end is dropped."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Open the file. Raises UsageError if it has results and ``resume`` is false, or is being written."""
        self.path = path
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except (OSError, ValueError) as error:
            raise UsageError(f"{path}: cannot write: {getattr(error, 'strerror', None) or error}") from None
        #: Unbuffered, so that closing it does not retry a failed write.
        self._file = FileIO(handle, "r+")
        found, fault = os.fstat(handle), ""
        if not S_ISREG(found.st_mode):
            fault = "is not a regular file"
        elif found.st_size and not resume:
            fault = "already exists: use --resume to continue it, or name another file"
        elif not locked(handle):
            fault = "another run is writing it"
        if fault:
            self._file.close()
            raise UsageError(f"{path}: {fault}")
        self._end = self._whole_lines()
        self._trimmed = False  # only when something is written: it may be some other file
        self._synced = time.monotonic()

    def _whole_lines(self) -> int:
        """The offset after the last complete line."""
        at = self._file.seek(0, os.SEEK_END)
        while at:
            start = max(0, at - _CHUNK)
            self._file.seek(start)
            found = (self._file.read(at - start) or b"").rfind(b"\n")
            if found >= 0:
                return start + found + 1
            at = start
        return 0

    def lines(self) -> Iterator[bytes]:
        """The existing lines. Raises UsageError if it is not a results file."""
        with self.path.open("rb") as file:
            if not self._end and file.read(1) not in (b"", b"{"):
                raise UsageError(f"{self.path}: line 1 is not a result: is this another file?")
            while file.tell() < self._end:
                yield file.readline()

    def keep(self, end: int) -> None:
        """Continue after the first ``end`` octets; the rest is dropped by the next ``append``."""
        self._end = end

    def append(self, line: bytes) -> None:
        """Add one line. Raises OSError; a partial line is removed."""
        if not self._trimmed:
            self._file.truncate(self._end)
            self._trimmed = True
        self._file.seek(self._end)
        try:
            rest = memoryview(line + b"\n")
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(self._end)
            raise
        self._end += len(line) + 1
        if time.monotonic() - self._synced > SYNC_S:
            self.sync()

    def sync(self) -> None:
        """Sync it to disk."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def close(self) -> None:
        """Sync and close it. An empty file is removed."""
        if not self._file.closed:
            try:
                self.sync()
                if not os.fstat(self._file.fileno()).st_size:
                    self.path.unlink(missing_ok=True)
            finally:
                self._file.close()
