"""The locks of requirements/, read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "requirements"
_PACKAGE = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<where>[^\\\n]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NEEDED_BY = re.compile(r"^ +# +(?:via +)?([A-Za-z0-9._-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package of a lock. ``where``: the marker of systems that need it. ``needed_by``: packages."""

    name: str
    version: str
    where: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]


def read(text: str) -> tuple[Pinned, ...]:
    """What a lock pins. Raises ValueError for a line that pins nothing, or a package without a hash."""
    found = []
    for block in re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE):
        if not block.strip() or block.startswith((" ", "#")):
            continue
        package = _PACKAGE.match(block)
        hashes = tuple(_HASH.findall(block))
        if package is None or not hashes:
            raise ValueError(f"not pinned by version and hash: {block.splitlines()[0]}")
        users = tuple(name for name in _NEEDED_BY.findall(block) if name != "via")
        where = (package["where"] or "").strip()
        found.append(Pinned(package["name"], package["version"], where, hashes, users))
    return tuple(found)
