"""Mail::DKIM's test data from Debian's source package: its corpus of DKIM messages and the ARC suite."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE, VERSION, REVISION = "libmail-dkim-perl", "1.20240923", "1"
SHA256 = "45de46f5dc4d23bcb6ad6401759881dd43968eab20e73f6f79d9557467de20ee"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "mail-dkim"
FOLDER = CACHE / f"Mail-DKIM-{VERSION}" / "t"
UNAVAILABLE = f"apt-get could not fetch Debian's source package {PACKAGE} {VERSION}: the suite is skipped"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MIRROR = "http://deb.debian.org/debian"


def folder() -> Path | None:
    """The folder of the test data, fetched once; None if it is unavailable."""
    if FOLDER.exists():
        return FOLDER
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may do this at once
        if not FOLDER.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as place:
                tarball = _download(Path(place))
                if tarball is not None:
                    _unpack(tarball)
    return FOLDER if FOLDER.exists() else None


def _download(place: Path) -> Path | None:
    """``apt-get source`` with its own package lists, so that the system is not changed."""
    if shutil.which("apt-get") is None:
        return None
    for name in ("lists/partial", "cache/archives/partial"):
        (place / name).mkdir(parents=True)
    sources = place / "sources.list"
    sources.write_text(f"deb-src [signed-by={KEYRING}] {MIRROR} trixie main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": place / "lists",
        "Dir::Cache": place / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", *(part for name, value in options.items() for part in ("-o", f"{name}={value}"))]
    # The second one fails if Debian has a newer revision, but still downloads the tarball.
    source = ["source", "--download-only", f"{PACKAGE}={VERSION}-{REVISION}"]
    for command in (["update"], source):
        try:
            subprocess.run([*apt, *command], cwd=place, capture_output=True, timeout=100)
        except (OSError, subprocess.SubprocessError):
            return None
    tarball = place / f"{PACKAGE}_{VERSION}.orig.tar.gz"
    return tarball if tarball.exists() else None


def _unpack(tarball: Path) -> None:
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != SHA256:
        raise AssertionError(f"{tarball.name} is not the file that these tests were written for")
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        with tarfile.open(tarball) as tar:
            # The tarball's digest was verified; Python before 3.11.4 has no filters.
            options: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tar.extractall(place, **options)
        (Path(place) / FOLDER.parent.name).rename(FOLDER.parent)
