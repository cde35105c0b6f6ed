"""One monitor a state file: a lock that the system takes away with the process, however that ends."""

from __future__ import annotations

import os
from pathlib import Path

from mailproof.errors import UsageError
from mailproof.files import locked


class Lock:
    """Held from its making until ``release``. Raises UsageError where another process has it."""

    def __init__(self, state: Path) -> None:
        path = state.with_name(f"{state.name}.lock")
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError as error:
            raise UsageError(f"{path}: cannot be opened: {error.strerror}") from None
        if not locked(self._handle):
            os.close(self._handle)
            raise UsageError(
                f"{state}: another mailproof monitor uses this state file: stop it, or give this one its own "
                "with --state FILE"
            )

    def release(self) -> None:
        os.close(self._handle)
