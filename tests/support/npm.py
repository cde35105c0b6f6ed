"""Packages of npm that tests need, installed under .cache by the lock file beside the test."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache"


def installed(folder: Path, name: str) -> Path | None:
    """The folder that holds node_modules; None where the packages cannot be had."""
    lock = (folder / "package-lock.json").read_bytes()
    cache = CACHE / name
    done = cache / "installed.json"
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not done.exists() or done.read_bytes() != lock:
            for each in ("package.json", "package-lock.json"):
                shutil.copy(folder / each, cache / each)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            try:
                subprocess.run(command, cwd=cache, check=True, capture_output=True, timeout=110)
            except (OSError, subprocess.SubprocessError):
                return None
            done.write_bytes(lock)
    return cache
