"""What there is to run on: interpreters of this machine, Debian releases, dependencies at both ends."""

from __future__ import annotations

import glob
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
FAST = ("tests/unit", "tests/rules", "tests/e2e")
#: What is the same on each Python is left to ./run test.
#: One process: a second worker would collect and compile all tests again, and rows run beside each other.
#: Assertions as they are written: to rewrite those of a fresh clone takes a tenth of a row's time.
ROW = ("-n", "0", "-m", "not once", "--hypothesis-profile", "row", "--assert=plain", "--showlocals")
#: Debian releases, and the Python that each had when this was written (what it has now is shown by the run).
SUITES = {"sid": "3.14", "testing": "3.14", "trixie": "3.13", "bookworm": "3.11"}
#: The version that runs this.
OWN = ".".join(platform.python_version_tuple()[:2])
#: What uv makes of ``name>=2.7``: with "lowest-direct" 2.7, for what pyproject.toml names.
RESOLUTION = {"lowest": "lowest-direct", "newest": "highest"}
MIRROR = "http://deb.debian.org/debian"

Kind = Literal["interpreter", "debian", "dependencies"]


@dataclass(frozen=True, slots=True)
class Target:
    """One run. ``tests``: the fast tests too, and not the demo alone. ``lacking``: why it cannot be had."""

    name: str
    kind: Kind
    version: str
    python: str = ""
    tests: bool = True
    lacking: str = ""


def supported() -> tuple[str, ...]:
    """The versions that pyproject.toml names as tested."""
    found = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    return tuple(sorted(found, key=_number))


@dataclass(frozen=True, slots=True)
class Machine:
    """The version that runs this, interpreters by version ("" for none), why no Debian, why no uv."""

    own: str
    interpreters: Mapping[str, str]
    no_debian: str = ""
    no_uv: str = ""


def this_machine() -> Machine:
    """Look for them."""
    found = {version: interpreter(version) for version in supported()}
    return Machine(OWN, {**found, OWN: sys.executable}, lacking_for_debian(), lacking_uv())


def plan(machine: Machine, wanted: tuple[str, ...] = (), *, full: bool = False) -> tuple[Target, ...]:
    """What to run, the longest first. ``wanted``: versions or names; none for all.

    The fast tests run once for each version: an interpreter is taken before a Debian, the newest one with the
    newest dependencies, the next one down with the lowest. Those of the version that runs this are left to
    ``./run test``. What is asked for by name, and everything with ``full``, is tested wherever it is.
    """
    every = full or bool(wanted)
    found = {version: python for version, python in machine.interpreters.items() if python}
    others = sorted((version for version in found if version != machine.own), key=_number)
    newest = others[-1] if others else machine.own
    lowest = others[-2] if len(others) > 1 else machine.own
    ends = {"newest": newest, "lowest": lowest}
    targets = [
        Target(end, "dependencies", version, found[version], lacking=machine.no_uv)
        for end, version in ends.items()
    ]
    covered = {machine.own} if machine.no_uv else {machine.own, newest, lowest}
    for version, python in found.items():
        if every or version not in covered:
            targets.append(Target(version, "interpreter", version, python))
    covered |= set(found)
    for suite, version in SUITES.items():
        if every or suite != "testing":
            tests = every or (version in machine.interpreters and version not in covered)
            targets.append(Target(suite, "debian", version, tests=tests, lacking=machine.no_debian))
            covered |= set() if machine.no_debian else {version}
    for version in machine.interpreters:
        if version not in covered:
            reason = f"no python{version} on PATH or under pyenv's versions"
            targets.append(Target(version, "interpreter", version, lacking=reason))
    chosen = [each for each in targets if not wanted or {each.name, _shared(each)} & set(wanted)]
    return tuple(sorted(chosen, key=lambda target: (not target.tests, target.kind != "debian")))


def _shared(target: Target) -> str:
    """The version, by which a Debian is asked for too."""
    return target.version if target.kind == "debian" else target.name


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def interpreter(version: str) -> str:
    """A Python of that version that runs: the one that runs this, on PATH, or under pyenv; "" for none."""
    pyenv = os.environ.get("PYENV_ROOT") or str(Path.home() / ".pyenv")
    under = glob.glob(
        f"{glob.escape(pyenv)}/versions/{version}.*/bin/python{version}"
    )  # none where it is not ours
    candidates = (sys.executable, shutil.which(f"python{version}") or "", *sorted(under, reverse=True))
    return next((path for path in candidates if path and version_of(path) == version), "")


def version_of(python: str) -> str:
    """Its major and minor version, "" where it does not run (a shim of pyenv with nothing behind it)."""
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [python, "-c", program], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def lacking_for_debian() -> str:
    """Why no Debian release can be had here, "" where one can."""
    if sys.platform != "linux":
        return "mmdebstrap needs Linux"
    if os.geteuid() != 0:
        return "mmdebstrap needs root"
    if not shutil.which("mmdebstrap") and os.environ.get("CI") and shutil.which("apt-get"):
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        for action in (["update"], ["-y", "--no-install-recommends", "install", "mmdebstrap"]):
            subprocess.run([*apt, *action], capture_output=True, check=False)
    return "" if shutil.which("mmdebstrap") else "no mmdebstrap: apt-get install mmdebstrap"


def lacking_uv() -> str:
    """Why other dependencies than the lock's cannot be had here, "" where they can."""
    return "" if shutil.which("uv") else "no uv: pip install uv"


def mirror() -> str:
    """The Debian mirror that this machine's apt is configured with, or Debian's own."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return MIRROR
    return next((line.rstrip("/") for line in done.stdout.splitlines() if line.endswith("/debian/")), MIRROR)
