"""A release is reproducible: the same bytes on any machine, at any time."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from supply import lock, sbom
from supply.release import main, make, version

EPOCH = 1_700_000_000
PARTS = ("src", "docs", "requirements")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore")


def copy(place: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        shutil.copytree(lock.ROOT / part, place / part, ignore=ignored, copy_function=shutil.copyfile)
    for name in FILES:
        shutil.copyfile(lock.ROOT / name, place / name)
    return place


def test_two_folders_times_and_umasks_give_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="with other dependencies than the lock's, nothing is built")
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    first = make(copy(tmp_path / "here"), tmp_path / "first", EPOCH)
    before = os.umask(0o077)
    try:
        second_source = copy(tmp_path / "there" / "deeper")
        for path in second_source.rglob("*.py"):
            os.utime(path, (1_600_000_000, 1_600_000_000))
        second = make(second_source, tmp_path / "second", EPOCH)
    finally:
        os.umask(before)
    names = [path.name for path in first]
    number = version(lock.ROOT)
    assert names == [
        f"mailproof-{number}-py3-none-any.whl",
        f"mailproof-{number}.cdx.json",
        f"mailproof-{number}.tar.gz",
    ]
    assert names == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    sums = [(tmp_path / place / "SHA256SUMS").read_text() for place in ("first", "second")]
    assert sums[0] == sums[1]
    assert sums[0].count("\n") == 3
    with zipfile.ZipFile(first[0]) as wheel:
        assert {entry.date_time for entry in wheel.infolist()} == {(2023, 11, 14, 22, 13, 20)}
        assert "mailproof/py.typed" in wheel.namelist()
    with tarfile.open(first[2]) as archive:
        assert {member.mtime for member in archive.getmembers()} == {EPOCH}
        assert {(member.uid, member.gid, member.uname) for member in archive.getmembers()} == {(0, 0, "")}


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("years")
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"release: {tmp_path} is not empty\n"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_what_cannot_be_used_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    assert main([str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.startswith("release: ")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert main([str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == "release: SOURCE_DATE_EPOCH is no number of seconds: 'yesterday'\n"


def test_outside_of_a_repository_git_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
    assert main([str(tmp_path / "out")]) == 1
    assert "release: git log -1 --format=%ct failed (128)\n" in capsys.readouterr().err


def test_what_cannot_be_built_is_no_release(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="with other dependencies than the lock's, nothing is built")
    (source := tmp_path / "source").mkdir()
    (source / "pyproject.toml").write_text("[build-system]\n")
    (tmp_path / "out").mkdir()
    with pytest.raises(Exception, match="non-zero exit status"):
        make(source, tmp_path / "out", EPOCH)
    assert list((tmp_path / "out").iterdir()) == []


def bill() -> dict[str, object]:
    pinned = lock.read((lock.FOLDER / "runtime.txt").read_text("utf-8"))
    found: dict[str, object] = json.loads(sbom.document("1.2.3", pinned, EPOCH))
    return found


def test_the_bill_has_all_that_is_installed_and_who_needs_it() -> None:
    pinned = {each.name: each for each in lock.read((lock.FOLDER / "runtime.txt").read_text("utf-8"))}
    found = bill()
    components = {each["name"]: each for each in found["components"]}  # type: ignore[attr-defined]
    assert set(components) == set(pinned)
    assert components["pyspf"]["hashes"] == [{"alg": "SHA-256", "content": pinned["pyspf"].hashes[0]}]
    assert "hashes" not in components["cryptography"]
    assert len(components["cryptography"]["properties"]) == len(pinned["cryptography"].hashes)
    needs = {each["ref"]: each["dependsOn"] for each in found["dependencies"]}  # type: ignore[attr-defined]
    assert set(needs) == {each["bom-ref"] for each in components.values()} | {"pkg:pypi/mailproof@1.2.3"}
    assert components["pyspf"]["purl"] in needs["pkg:pypi/mailproof@1.2.3"]
    assert components["h11"]["purl"] in needs[components["httpcore"]["purl"]]
    reached, todo = set[str](), ["pkg:pypi/mailproof@1.2.3"]
    while todo:
        reached.add(here := todo.pop())
        todo += [each for each in needs[here] if each not in reached]
    assert reached == set(needs), "nothing is installed that nobody needs"


def test_the_bill_is_the_same_every_time_and_another_for_another_release() -> None:
    pinned = lock.read((lock.FOLDER / "runtime.txt").read_text("utf-8"))
    first = sbom.document("1.2.3", pinned, EPOCH)
    assert first == sbom.document("1.2.3", pinned, EPOCH)
    assert (
        json.loads(first)["serialNumber"] != json.loads(sbom.document("1.2.4", pinned, EPOCH))["serialNumber"]
    )
