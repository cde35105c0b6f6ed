"""The process that watches mailboxes, one per module; a folder to run commands in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.commands import MESSAGE, ZONE
from tests.hostile.watching import Watcher, watching


@pytest.fixture(scope="module")
def watcher() -> Iterator[Watcher]:
    """A process that watches mailboxes, and whose memory is measured."""
    with watching() as process:
        yield process


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a zone and a message."""
    monkeypatch.delenv("MAILPROOF_CONFIG", raising=False)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.zone").write_text(ZONE)
    (tmp_path / "message.eml").write_bytes(MESSAGE)
    return tmp_path
