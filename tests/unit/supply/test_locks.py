"""requirements/: everything is pinned by hash, and the locks agree with each other."""

from __future__ import annotations

import ast
import re

import pytest

from supply import lock

LOCKS = {path.stem: path.read_text("utf-8") for path in sorted(lock.FOLDER.glob("*.txt"))}


@pytest.mark.parametrize("name", LOCKS)
def test_everything_has_a_version_and_a_hash(name: str) -> None:
    pinned = lock.read(LOCKS[name])
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", LOCKS[name], re.MULTILINE)) > 0
    assert all(len(value) == 64 for each in pinned for value in each.hashes)


def test_no_two_locks_pin_one_package_in_two_versions() -> None:
    versions: dict[str, set[str]] = {}
    for text in LOCKS.values():
        for each in lock.read(text):
            versions.setdefault(each.name, set()).add(each.version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_what_is_run_to_install_is_named_and_pinned() -> None:
    """./run turns build isolation off: build.txt lists all build tools; only one source archive is built."""
    run = (lock.ROOT / "run").read_text("utf-8")
    found = re.search(r"^BUILT = (\(.*\))", run, re.MULTILINE)
    assert found is not None
    runtime = {each.name: each for each in lock.read(LOCKS["runtime"])}
    assert all(len(runtime[name].hashes) == 1 for name in ast.literal_eval(found[1]))
    assert {"hatchling", "editables", "setuptools"} <= {each.name for each in lock.read(LOCKS["build"])}


@pytest.mark.parametrize("text", ["hatchling>=1.26\n", "hatchling==1.33.0\n    # via mailproof\n"])
def test_a_line_that_pins_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hatchling"):
        lock.read(text)


def test_a_package_is_read_with_marker_hashes_and_users() -> None:
    text = (
        "a-b==1.0 ; python_full_version < '3.12' \\\n    --hash=sha256:" + "0" * 64 + " \\\n"
        "    --hash=sha256:" + "1" * 64 + "\n    # via\n    #   mailproof (pyproject.toml:dev)\n    #   c\n"
        "c==2 \\\n    --hash=sha256:" + "2" * 64 + "\n    # via mailproof (pyproject.toml)\n"
    )
    first, second = lock.read(text)
    marker = "python_full_version < '3.12'"
    assert first == lock.Pinned("a-b", "1.0", marker, ("0" * 64, "1" * 64), ("mailproof", "c"))
    assert second == lock.Pinned("c", "2", "", ("2" * 64,), ("mailproof",))
