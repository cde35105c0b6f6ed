"""Installs atheris outside the environment: it is not a development requirement, see README.md."""

from __future__ import annotations

import fcntl
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "3.0.0"
#: The wheels for Linux on x86-64, by version of Python.
SHA256 = {
    "311": "8a5c8a781467c187da40fd29139784193e2647058831f837f675d0bb8cbd8746",
    "312": "510e502c57b6dc615fb174066407af620d4c7f73cf08a782c86e7761bf12c4eb",
    "313": "a402cdca8a650d1371050b1f9552eb4cdc488d2db64950d603c4560318365eac",
}
PYTHON = f"{sys.version_info.major}{sys.version_info.minor}"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "atheris"
FOLDER = CACHE / f"{VERSION}-{PYTHON}"
UNAVAILABLE = (
    f"ATHERIS {VERSION} DOES NOT INSTALL HERE (Python {PYTHON}, {platform.system()} {platform.machine()}; "
    "wheels are known for 3.11 to 3.13 on Linux x86_64): no coverage-guided fuzzing here, hypothesis alone"
)


def folder() -> Path | None:
    """The folder for PYTHONPATH, installed once; None if unavailable."""
    if FOLDER.exists():
        return FOLDER
    if PYTHON not in SHA256 or (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock, tempfile.TemporaryDirectory(dir=CACHE) as place:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may do this at once
        if FOLDER.exists():
            return FOLDER
        wanted = Path(place) / "requirements.txt"
        wanted.write_text(f"atheris=={VERSION} --hash=sha256:{SHA256[PYTHON]}\n")
        target = Path(place) / "site"
        options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
        for python in (sys.executable, "python3", "/usr/bin/python3"):
            command = [python, "-m", "pip", "install", *options, "-r", str(wanted), "--target", str(target)]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=100)
            except (OSError, subprocess.SubprocessError):
                continue
            target.rename(FOLDER)
            return FOLDER
    return None
