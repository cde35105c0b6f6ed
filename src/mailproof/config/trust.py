"""Configuration files that the user has marked as trusted: the path, and a hash of the content.

Stored as direnv does: one entry per file below XDG_STATE_HOME (~/.local/state)/mailproof/trusted.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from mailproof.config.ownership import foreign_writer
from mailproof.errors import ConfigError
from mailproof.files import read_given, write_whole


def in_ci() -> bool:
    """Whether we run in a CI pipeline: every service sets CI."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def is_trusted(file: Path, raw: bytes) -> bool:
    """Whether the user trusts the file with exactly this content. Only an entry owned by the user counts."""
    try:
        entry = _entry(file)
        return read_given(entry, 8192) == _text(file, raw) and not foreign_writer(entry)
    except (OSError, RuntimeError):
        return False


def trust(file: Path, raw: bytes) -> None:
    """Trust the file until it changes. Raises ConfigError."""
    try:
        entry = _entry(file)
        entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(entry, _text(file, raw))
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"cannot save that the file is trusted: {getattr(error, 'strerror', '') or error}"
        ) from None


def forget(file: Path) -> bool:
    """Stop trusting the file; returns whether it was trusted. Raises ConfigError."""
    try:
        _entry(file).unlink()
    except FileNotFoundError:
        return False
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"cannot stop trusting the file: {getattr(error, 'strerror', '') or error}"
        ) from None
    return True


def _entry(file: Path) -> Path:
    """Where the trust entry of a file is stored. Raises RuntimeError if the user has no home."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(file))).hexdigest()
    return state_folder() / "trusted" / name


def state_folder() -> Path:
    """Where mailproof stores what outlasts a run. Raises RuntimeError if the user has no home."""
    place = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not place.is_absolute():  # the specification says to ignore it then
        place = Path.home() / ".local" / "state"
    return place / "mailproof"


def _text(file: Path, raw: bytes) -> bytes:
    return hashlib.sha256(raw).hexdigest().encode() + b" " + os.fsencode(os.path.realpath(file)) + b"\n"
