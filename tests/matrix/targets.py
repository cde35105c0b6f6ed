"""The targets: this machine's interpreters, Debian releases, and the oldest and newest dependencies."""

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
#: Tests that don't depend on the Python version are left to ./run test.
#: One process: a second worker would collect and compile all tests again, and rows run in parallel anyway.
#: Plain assertions: rewriting them in a fresh clone takes a tenth of a row's time.
ROW = ("-n", "0", "-m", "not once", "--hypothesis-profile", "row", "--assert=plain", "--showlocals")
#: Debian releases, and the Python of each at the time of writing (the run shows the current one).
SUITES = {"sid": "3.14", "testing": "3.14", "trixie": "3.13", "bookworm": "3.11"}
#: The version running this.
OWN = ".".join(platform.python_version_tuple()[:2])
#: uv's resolutions: "lowest-direct" resolves ``name>=2.7`` in pyproject.toml to 2.7.
RESOLUTION = {"lowest": "lowest-direct", "newest": "highest"}
MIRROR = "http://deb.debian.org/debian"

Kind = Literal["interpreter", "debian", "dependencies"]


@dataclass(frozen=True, slots=True)
class Target:
    """One run. ``tests``: also run the fast tests, not only the demo. ``lacking``: why it is unavailable."""

    name: str
    kind: Kind
    version: str
    python: str = ""
    tests: bool = True
    lacking: str = ""


def supported() -> tuple[str, ...]:
    """The versions listed as tested in pyproject.toml."""
    found = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    return tuple(sorted(found, key=_number))


@dataclass(frozen=True, slots=True)
class Machine:
    """The running version, interpreters by version ("" for none), and why Debian or uv is unavailable."""

    own: str
    interpreters: Mapping[str, str]
    no_debian: str = ""
    no_uv: str = ""


def this_machine() -> Machine:
    """Inspect this machine."""
    found = {version: interpreter(version) for version in supported()}
    return Machine(OWN, {**found, OWN: sys.executable}, lacking_for_debian(), lacking_uv())


def plan(machine: Machine, wanted: tuple[str, ...] = (), *, full: bool = False) -> tuple[Target, ...]:
    """The runs, longest first. ``wanted``: versions or names; empty for all.

    The fast tests run once per version: on an interpreter rather than a Debian; the newest version uses the
    newest dependencies, the next one down the lowest. Those of the running version are left to
    ``./run test``. Targets requested by name, and all with ``full``, are tested in any case.
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
    """The version, by which a Debian can also be requested."""
    return target.version if target.kind == "debian" else target.name


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def interpreter(version: str) -> str:
    """A working Python of that version: the running one, on PATH, or under pyenv; "" for none."""
    pyenv = os.environ.get("PYENV_ROOT") or str(Path.home() / ".pyenv")
    under = glob.glob(
        f"{glob.escape(pyenv)}/versions/{version}.*/bin/python{version}"
    )  # none if it is not ours
    candidates = (sys.executable, shutil.which(f"python{version}") or "", *sorted(under, reverse=True))
    return next((path for path in candidates if path and version_of(path) == version), "")


def version_of(python: str) -> str:
    """Its major and minor version; "" if it does not run (a pyenv shim without an installed version)."""
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [python, "-c", program], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def lacking_for_debian() -> str:
    """Why no Debian release is available here; "" if one is."""
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
    """Why no dependencies but the lock's are available here; "" if they are."""
    return "" if shutil.which("uv") else "no uv: pip install uv"


def mirror() -> str:
    """The Debian mirror that this machine's apt is configured with, or Debian's own."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return MIRROR
    return next((line.rstrip("/") for line in done.stdout.splitlines() if line.endswith("/debian/")), MIRROR)
