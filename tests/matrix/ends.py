"""The dependencies at both ends: the oldest that pyproject.toml allows, and the newest that there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_FLOOR = re.compile(r"([A-Za-z0-9._-]+)(\[[^]]*\])?\s*>=\s*([0-9.]+)")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def requirements(clone: Path, end: str) -> list[str]:
    """What ``pip install`` is given. The lowest of ``name>=2.7`` is 2.7; what has no floor stays as it is."""
    project = tomllib.loads((clone / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    direct = [
        *project["project"]["dependencies"],
        *(each for group in extras.values() for each in group),
        *project["dependency-groups"]["dev"],
    ]
    chosen = [_lowest(each) for each in direct] if end == "lowest" else direct
    return [*chosen, "--editable", f".[{','.join(extras)}]"]


def _lowest(requirement: str) -> str:
    floor = _FLOOR.match(requirement)
    return f"{floor[1]}{floor[2] or ''}=={floor[3]}" if floor else requirement


def difference(clone: Path, installed: str) -> tuple[str, ...]:
    """What is installed (``pip list --format=freeze``) in another version than the lock has."""
    locked = _pins((clone / "requirements" / "dev.txt").read_text("utf-8"))
    return tuple(
        f"{name} {version} (lock: {locked[name]})"
        for name, version in _pins(installed).items()
        if name in locked and locked[name] != version
    )


def _pins(text: str) -> dict[str, str]:
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in _PIN.findall(text)}
