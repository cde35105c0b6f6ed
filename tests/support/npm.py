"""npm packages for tests, installed under .cache from the lock file next to the test."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache"


def installed(folder: Path, name: str) -> Path | None:
    """The folder that contains node_modules; None if the packages are not available."""
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
