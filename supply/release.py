"""``./run release [FOLDER]``: what a release consists of, made from the last commit; by default into dist/.

sdist, wheel, SBOM (CycloneDX) and SHA256SUMS. The same commit gives the same bytes on any machine: the time
is that of the commit (or SOURCE_DATE_EPOCH), what builds is pinned, and only what is committed is looked at.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from supply import lock, sbom

ROOT = lock.ROOT


def main(arguments: list[str]) -> int:
    """Make them. 1 where that fails or the SBOM is not valid, 2 for a folder that cannot be used."""
    try:
        return release(arguments)
    except subprocess.CalledProcessError as failed:
        sys.stderr.write((failed.stderr or b"").decode(errors="replace"))
        sys.stderr.write(f"release: {' '.join(failed.cmd[:4])} failed ({failed.returncode})\n")
        return 1
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"release: {problem}\n")
        return 2


def release(arguments: list[str]) -> int:
    """As ``main``, with what may go wrong."""
    into = Path(arguments[0]) if arguments else ROOT / "dist"
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        sys.stderr.write(f"release: {into} is not empty\n")
        return 2
    epoch = _epoch()
    with tempfile.TemporaryDirectory(prefix="mailproof-release-") as place:
        source = Path(place, "source")
        export(source)
        files = make(source, into, epoch)
    if problem := invalid(next(path for path in files if path.name.endswith(".cdx.json")).read_text("utf-8")):
        sys.stderr.write(f"release: the SBOM is not valid: {problem}\n")
        return 1
    print((into / "SHA256SUMS").read_text("utf-8"), end="")
    return 0


def export(into: Path) -> None:
    """The files of the last commit."""
    into.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "--extract", "--directory", str(into)], input=archive, check=True)


def make(source: Path, into: Path, epoch: int) -> tuple[Path, ...]:
    """Build the release of the files in ``source`` in ``into``, an empty folder."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(into.resolve())]
    subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True)
    pinned = lock.read((source / "requirements" / "runtime.txt").read_text("utf-8"))
    bill = into / f"{sbom.OWN}-{version(source)}.cdx.json"
    bill.write_text(sbom.document(version(source), pinned, epoch), encoding="utf-8")
    files = tuple(sorted(into.iterdir()))
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (into / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return files


def version(source: Path) -> str:
    """Of the files there."""
    text = (source / "src" / "mailproof" / "_version.py").read_text("utf-8")
    found = re.search(r'"([0-9][^"]*)"', text)
    assert found is not None
    return found[1]


def invalid(bill: str) -> str:
    """What CycloneDX's own schema says against it; "" for nothing."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill)
    return str(problem) if problem is not None else ""


def _epoch() -> int:
    if said := os.environ.get("SOURCE_DATE_EPOCH"):
        if not said.isdecimal():
            raise ValueError(f"SOURCE_DATE_EPOCH is no number of seconds: {said!r}")
        return int(said)
    command = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
