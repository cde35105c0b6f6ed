"""The files and functions named in docs/architecture.md exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "mailproof"
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_functions_are_where_it_says() -> None:
    named = re.findall(r"`([a-z_/]+?)(?:\.py)?: ([A-Za-z_.]+)`", TEXT)
    assert len(named) > 15
    for place, name in named:
        path = SOURCE / f"{place}.py" if (SOURCE / f"{place}.py").exists() else SOURCE / place / "__init__.py"
        text = path.read_text("utf-8")
        for part in name.split("."):
            assert re.search(rf"^ *(?:async )?(?:def|class) {part}\b", text, re.MULTILINE), (place, name)


def test_files_and_folders_exist() -> None:
    for name in re.findall(r"`([a-z_]+/[a-z_/]*(?:\.py)?)`", TEXT):
        assert any((base / name).exists() for base in (SOURCE, ROOT)), name


def test_no_file_is_longer_than_contributing_says() -> None:
    (most,) = map(int, re.findall(r"No file over (\d+) lines", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    files = [path for place in ("src", "tests", "bench", "docs") for path in (ROOT / place).rglob("*.py")]
    lines = {str(path.relative_to(ROOT)): path.read_bytes().count(b"\n") for path in files}
    assert not {path: count for path, count in lines.items() if count > most}
