"""The inputs of a server's configuration, and the server process."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from tests.lab.dkimkeys import KeyPair
from tests.lab.pki import Pki

ROOT = Path("/run/lab")  # on a tmpfs visible only in the laboratory


@dataclass(frozen=True, slots=True)
class Daemon:
    """One server process in the foreground. `ready` are the TCP ports it listens on once it is up."""

    name: str
    host: str
    argv: tuple[str, ...]
    ready: tuple[tuple[str, int], ...] = ()


def answers(address: tuple[str, int]) -> bool:
    """Whether a server listens there."""
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
        return True
    return False


@dataclass(frozen=True, slots=True)
class Context:
    """Folders, certificates and keys, shared by all servers."""

    root: Path
    pki: Pki
    keys: tuple[KeyPair, ...]
    python: str

    def folder(self, name: str, owner: str = "root", mode: int = 0o755) -> Path:
        """Create a folder below the laboratory's; idempotent."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        if owner != "root":
            shutil.chown(path, owner, owner)
        return path

    def write(self, name: str, text: str, owner: str = "root", mode: int = 0o644) -> Path:
        """Write a file below the laboratory's folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.chmod(path, mode)
        if owner != "root":
            shutil.chown(path, owner, owner)
        return path
