"""Other projects' programs that check our files: linters, validators, pre-commit, Microsoft's SARIF tool.

Tools pinned by hash in requirements/tools.txt and requirements/npm are installed once per lock file, below
``~/.cache/mailproof-tools``, and only with CI or MAILPROOF_LAB=1 in the environment: a test run on a
developer's machine fetches nothing. A test whose tools are unavailable is skipped, with the reason.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supply.lock import FOLDER
from tests.lab.packages import LabUnavailable, bring

_PYTHON = FOLDER / "tools.txt"
_NPM = FOLDER / "npm"
_DONE = ".complete"


class Unavailable(Exception):
    """The tools are not available here; the message says why."""


def tool(name: str) -> str:
    """The path of a program of requirements/tools.txt. Skips the test if it is unavailable."""
    with _or_skip():
        key = _key(_PYTHON.read_bytes(), sys.version.encode())
        return str(_installed(f"python-{key}", _install_python) / "bin" / name)
    raise AssertionError


def multitool() -> str:
    """The path of Microsoft's Sarif.Multitool. Skips the test if it is unavailable."""
    if found := os.environ.get("MAILPROOF_SARIF_MULTITOOL") or shutil.which("Sarif.Multitool"):
        return found
    with _or_skip():
        folder = _installed(f"npm-{_key((_NPM / 'package-lock.json').read_bytes())}", _install_npm)
        return str(folder / "node_modules" / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool")
    raise AssertionError


def debian(program: str, package: str) -> str:
    """The path of a Debian program, installed like the laboratory's; skips the test if it is unavailable."""
    if found := shutil.which(Path(program).name):
        return found
    try:
        bring({program: package})
    except LabUnavailable as reason:
        pytest.skip(str(reason))
    return program


@contextlib.contextmanager
def _or_skip() -> Iterator[None]:
    try:
        yield
    except Unavailable as reason:
        if os.environ.get("CI"):
            raise  # must not go unnoticed in CI
        pytest.skip(str(reason))


def _key(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _installed(name: str, install: Callable[[Path], None]) -> Path:
    """The folder of that name, created once even if several processes need it."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mailproof-tools"
    folder = base / name
    if (folder / _DONE).exists():
        return folder
    if not (os.environ.get("CI") or os.environ.get("MAILPROOF_LAB") == "1"):
        raise Unavailable("the tools are not installed; MAILPROOF_LAB=1 lets the tests fetch them")
    base.mkdir(parents=True, exist_ok=True)
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / _DONE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            install(folder)
            (folder / _DONE).touch()
    return folder


def _install_python(folder: Path) -> None:
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = ["--python", str(folder / "bin" / "python")]
    if shutil.which("uv"):
        install = ["uv", "pip", "install", *python]
    else:
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
        install = [_with_pip(), "-m", "pip", *python, "install", *quiet]
    _run([*install, "--require-hashes", "--only-binary", ":all:", "-r", str(_PYTHON)])


def _with_pip() -> str:
    """A Python with pip: this one, or the base of its virtual environment."""
    base = str(getattr(sys, "_base_executable", sys.executable))
    for each in (sys.executable, base):
        if subprocess.run([each, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return each
    raise Unavailable("this Python has no pip to install the tools with")


def _install_npm(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("Sarif.Multitool comes by npm, which is not installed")
    shutil.copytree(_NPM, folder)
    _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])
    for each in folder.rglob("Sarif.Multitool"):
        each.chmod(0o755)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        tail = (done.stdout + done.stderr)[-1500:]
        raise Unavailable(f"{' '.join(command[:8])} … failed:\n{tail}")
