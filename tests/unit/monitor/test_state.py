"""The state file: atomic, used by one monitor, bounded, and a one-line error for every fault."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailproof import files
from mailproof.errors import UsageError
from mailproof.monitor import state
from mailproof.monitor.advance import advance
from mailproof.monitor.events import Known, News, Place, Sample, Target
from mailproof.monitor.state import Store
from tests.support.monitoring import audited

ACME = Target("domain", "acme.example")
WORSE, NOTE = News("dmarc", "worse", "It is gone."), News("first", "neutral", "First check.")


def known() -> Known:
    return advance(None, audited(), "domain", alert_after=1, silent=False, at=1.0).known


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path / "s.db")
    yield found
    found.close()


def again(store: Store) -> Store:
    """Reopen the store, as after a restart."""
    store.close()
    return Store(store.path)


def test_what_was_recorded_is_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "er" / "s.db")
    assert store.load(ACME).known is None
    sample = Sample(
        at=5.0, grade="A", severities={"error": 1}, places={"a": Place(placed={"INBOX": 3})}, runs=7
    )
    store.record(ACME, 100.5, known(), sample, [NOTE, WORSE], now=5.0, owes=True)
    store = again(store)
    try:
        saved = store.load(ACME)
        assert (saved.due, saved.known, saved.sample, saved.problem) == (100.5, known(), sample, "")
        assert [(each.id, each.news) for each in store.not_shown()] == [(1, NOTE), (2, WORSE)]
        assert [each.news for each in store.owed()] == [WORSE]  # neutral changes raise no alert
        assert store.waiting() == 1
    finally:
        store.close()
    assert oct((tmp_path / "deep" / "er" / "s.db").stat().st_mode & 0o777) == "0o600"
    assert os.listdir(tmp_path / "deep" / "er") == ["s.db"]


def test_what_was_shown_and_delivered_stays_so(store: Store) -> None:
    store.record(ACME, 1.0, known(), Sample(), [WORSE, WORSE], now=5.0, owes=True)
    first, second = store.not_shown()
    store.shown(first)
    store.delivered([second])
    assert store.not_shown() == [second]
    assert store.owed() == [first]


def test_without_a_webhook_nothing_is_owed(store: Store) -> None:
    store.record(ACME, 1.0, known(), Sample(), [WORSE], now=5.0)
    assert store.waiting() == 0


def test_a_check_that_failed_leaves_what_is_known(store: Store) -> None:
    store.record(ACME, 1.0, known(), Sample(runs=1), now=5.0)
    store.record(ACME, 2.0, None, Sample(runs=1, failures=1), now=6.0, problem="no password")
    saved = store.load(ACME)
    assert (saved.due, saved.known, saved.sample.failures) == (2.0, known(), 1)


def test_a_fault_in_the_middle_of_a_check_leaves_nothing_of_it(store: Store) -> None:
    with pytest.raises(UsageError):
        store.record(ACME, 1.0, known(), Sample(), [News("x", "worse", "y", rule=object())], now=5.0)  # type: ignore[arg-type]
    assert store.load(ACME).known is None
    store.record(ACME, 1.0, known(), Sample(), [WORSE], now=5.0)  # and the file is still usable
    assert len(store.not_shown()) == 1


def test_octets_that_are_no_text_are_kept_as_escapes(store: Store) -> None:
    store.record(
        ACME,
        1.0,
        known(),
        Sample(places={"a": Place(folder="\udcff")}),
        [News("x", "worse", "a\udc80b")],
        now=5.0,
    )
    assert store.not_shown()[0].news.text == "a\\udc80b"


def test_a_second_monitor_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="another mailproof monitor uses this state file"):
        Store(store.path)


def test_a_lock_file_that_its_owner_removes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock of a removed file excludes no one: it is taken anew."""
    removed: list[Path] = []

    def locked(handle: int) -> bool:
        if not removed:
            removed.append(tmp_path / "s.db.lock")
            removed[0].unlink()
        return files.locked(handle)

    monkeypatch.setattr(state, "locked", locked)
    store = Store(tmp_path / "s.db")
    with pytest.raises(UsageError, match="another mailproof monitor"):
        Store(store.path)
    store.close()


def test_the_lock_goes_with_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    code = (
        "from pathlib import Path; from mailproof.monitor.state import Store\n"
        f"s = Store(Path({str(path)!r})); print(1, flush=True); input()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        assert process.stdout.readline() == b"1\n"
        with pytest.raises(UsageError, match="another mailproof monitor"):
            Store(path)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
        process.stdout.close()
    Store(path).close()


def test_a_file_that_another_program_has_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "BUSY_S", 0.01)
    store = Store(tmp_path / "s.db")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UsageError, match=r"s\.db: another program has locked it for more than 0\.01 s"):
        store.record(ACME, 1.0, known(), Sample(), now=5.0)
    other.execute("ROLLBACK")
    other.close()
    store.record(ACME, 1.0, known(), Sample(), now=5.0)
    store.close()


def test_a_file_of_a_newer_version(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    Store(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(UsageError, match="written by a newer mailproof"):
        Store(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda path: path.write_text("no database, and longer than its head would be" * 10),
            "not a state file",
        ),
        (
            lambda path: sqlite3.connect(path).execute("CREATE TABLE x (y)").connection.close(),
            "not a state file",
        ),
        (
            lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 1").connection.close(),
            "not a state file",
        ),
        (lambda path: path.mkdir(), "cannot be written: Is a directory"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "other"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(UsageError, match=words) as found:
        Store(path)
    assert str(found.value).startswith(str(path))
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert not (tmp_path / "other-wal").exists() or os.path.getsize(tmp_path / "other-wal") == 0
    assert not (tmp_path / "other.lock").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="the state file cannot be written"):
        Store(tmp_path / "file" / "s.db")


def test_what_cannot_be_read_any_more_is_taken_anew(store: Store) -> None:
    store.record(ACME, 1.0, known(), Sample(runs=3), now=5.0)
    with sqlite3.connect(store.path) as other:
        other.execute("UPDATE target SET known = x'00'")
    other.close()
    saved = store.load(ACME)
    assert saved.known is None
    assert "starts afresh" in saved.problem


def test_history_is_kept_for_so_long_and_no_longer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in (10.0, 20.0, 30.0):
        store.record(Target("domain", f"d{at:g}.example"), 1.0, known(), Sample(), [WORSE], now=at)
    store.tidy(20.0)
    assert [each.target for each in store.not_shown()] == ["d20.example", "d30.example"]
    assert store.load(Target("domain", "d10.example")).known is None
    monkeypatch.setattr(state, "MOST_EVENTS", 1)
    store.tidy(0.0)
    assert [each.target for each in store.not_shown()] == ["d30.example"]
    with sqlite3.connect(store.path) as other:
        assert other.execute("SELECT count(*) FROM run").fetchone() == (2,)
    other.close()


def test_a_state_larger_than_the_bound_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_KNOWN", 10)
    with pytest.raises(UsageError, match="too much to remember"):
        store.record(ACME, 1.0, known(), Sample(), now=5.0)


def test_a_packed_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_UNPACKED", 100)
    with pytest.raises(ValueError, match="too large"):
        state.unpacked(state.packed(known()))
