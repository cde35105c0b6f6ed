"""State and history in SQLite: each check is one transaction, so that none is half saved.

Changes are saved in the same transaction as the state. That a change was shown or delivered is recorded
afterwards: after a crash in between it is delivered again, with the same id, and never lost.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path

import msgspec

from mailproof.errors import UsageError
from mailproof.files import locked
from mailproof.model.numbers import read
from mailproof.monitor.events import Event, Known, News, Sample, Target, moment
from mailproof.monitor.limits import (
    BUSY_S,
    EVENTS_AT_ONCE,
    MAX_KNOWN,
    MAX_UNPACKED,
    MOST_EVENTS,
    MOST_RUNS,
)
from mailproof.render.json import json_text

SCHEMA = 1
#: "mprf": by which `file` and SQLite recognize the file.
_APPLICATION = 0x6D707266
_NOT_OURS = "not a state file of mailproof: name another (--state)"
_EVENT = "id, at, kind, target, part, effect, text, old, new, rule, severity"


class Saved(msgspec.Struct, frozen=True):
    """A target's saved state. ``problem`` says why the saved state could not be used."""

    due: float | None = None
    known: Known | None = None
    sample: Sample = Sample()
    problem: str = ""


class Store:
    """The state file. Every fault is a UsageError with a one-line message."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise UsageError(f"{path}: the state file cannot be written: {error.strerror}") from None
        self._lock = _lock(path)
        try:
            with self._faults():
                self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
                try:
                    self._open()
                except BaseException:
                    self._db.close()
                    raise
        except BaseException:
            _unlock(path, self._lock)
            raise

    def _open(self) -> None:
        """Open or create the database; a file that is not ours is left unchanged."""
        (version,), (ours,) = (
            self._db.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")
        )
        filled = bool(self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        if ours != _APPLICATION and (ours or version or filled):
            raise UsageError(f"{self.path}: {_NOT_OURS}")
        if version > SCHEMA:
            raise UsageError(
                f"{self.path}: written by a newer mailproof: use that, or another file (--state)"
            )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if not version:
            tables = resources.files("mailproof.data").joinpath("monitor.sql").read_text("utf-8")
            self._db.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; {tables}"
                f"PRAGMA user_version = {SCHEMA}; COMMIT;"
            )

    def close(self) -> None:
        self._db.close()
        _unlock(self.path, self._lock)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            words = str(error)
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                words = f"another program has locked it for more than {BUSY_S:g} s: close that"
            elif getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB:
                words = _NOT_OURS
            raise UsageError(f"{self.path}: {words}") from None

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with self._faults():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def load(self, target: Target) -> Saved:
        with self._faults():
            row = self._db.execute(
                "SELECT due, known, sample FROM target WHERE kind = ? AND name = ?",
                (target.kind, target.name),
            ).fetchone()
        if row is None:
            return Saved()
        problem, known, sample = "", None, Sample()
        try:
            known = unpacked(row[1]) if row[1] is not None else None
            sample = msgspec.json.decode(row[2], type=Sample)
        except (msgspec.MsgspecError, ValueError, zlib.error):
            problem = "its saved state is from another version of mailproof: it starts afresh"
        return Saved(row[0], known, sample, problem)

    def begin(self, target: Target, due: float, now: float) -> None:
        """Save the due time before a probe is sent, so that no restart sends it again at once."""
        with self._change() as db:
            db.execute(
                "INSERT INTO target (kind, name, due, sample, changed) VALUES (?, ?, ?, '{}', ?) "
                "ON CONFLICT DO UPDATE SET due = excluded.due",
                (target.kind, target.name, due, now),
            )

    def record(
        self,
        target: Target,
        due: float,
        known: Known | None,
        sample: Sample,
        news: Sequence[News] = (),
        *,
        now: float,
        owes: bool = False,
        problem: str = "",
    ) -> None:
        """Save a finished check: state, metrics, changes. ``owes``: a webhook is to receive these."""
        blob = packed(known) if known is not None else None
        counts = sample.severities
        with self._change() as db:
            db.execute(
                "INSERT INTO target (kind, name, due, known, sample, changed) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET due = excluded.due, known = coalesce(excluded.known, known), "
                "sample = excluded.sample, changed = excluded.changed",
                (target.kind, target.name, due, blob, json_text(sample, indent=None), now),
            )
            db.execute(
                "INSERT INTO run (at, kind, target, elapsed_s, complete, grade, errors, warnings, unknown, "
                "arrived, folder, seconds, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(now, target.kind, target.name, sample.elapsed_s, sample.complete and not problem),
                    *(sample.grade or None, counts.get("error"), counts.get("warning")),
                    *(sample.unknown, sample.arrived, _text(sample.folder), sample.seconds, _text(problem)),
                ),
            )
            db.executemany(
                "INSERT INTO event (at, kind, target, part, effect, text, old, new, rule, severity, owed) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        *(now, target.kind, target.name, each.part, each.effect, _text(each.text)),
                        *(_text(each.old), _text(each.new), each.rule, each.severity),
                        owes and each.effect != "neutral",
                    )
                    for each in news
                ),
            )

    def not_shown(self) -> list[Event]:
        """The changes not yet written to standard output, oldest first."""
        return self._events("shown = 0 ORDER BY id LIMIT 10000", ())

    def shown(self, event: Event) -> None:
        with self._change() as db:
            db.execute("UPDATE event SET shown = 1 WHERE id = ?", (event.id,))

    def owed(self) -> list[Event]:
        """The next changes for the webhook, oldest first."""
        return self._events(f"owed = 1 ORDER BY id LIMIT {EVENTS_AT_ONCE}", ())

    def delivered(self, events: Sequence[Event]) -> None:
        with self._change() as db:
            db.executemany("UPDATE event SET owed = 0 WHERE id = ?", [(each.id,) for each in events])

    def waiting(self) -> int:
        """How many changes the webhook has yet to accept."""
        with self._faults():
            return int(self._db.execute("SELECT count(*) FROM event WHERE owed = 1").fetchone()[0])

    def tidy(self, before: float) -> None:
        """Delete what is older, or over the limits."""
        with self._change() as db:
            db.execute("DELETE FROM run WHERE at < ?", (before,))
            db.execute("DELETE FROM event WHERE at < ?", (before,))
            db.execute("DELETE FROM target WHERE changed < ?", (before,))
            for table, most in (("run", MOST_RUNS), ("event", MOST_EVENTS)):
                db.execute(
                    f"DELETE FROM {table} WHERE id <= (SELECT max(id) FROM {table}) - ?",  # noqa: S608 - ours
                    (most,),
                )

    def _events(self, where: str, values: tuple[object, ...]) -> list[Event]:
        with self._faults():
            rows = self._db.execute(f"SELECT {_EVENT} FROM event WHERE {where}", values).fetchall()  # noqa: S608
        return [Event(row[0], moment(row[1]), row[2], row[3], News(*row[4:])) for row in rows]


def _lock(state: Path) -> int:
    """Take a lock that the system releases when the process ends in any way: one monitor per state file.

    Raises UsageError if another process holds it.
    """
    path = _lock_file(state)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise UsageError(f"{path}: cannot be opened: {error.strerror}") from None
    if locked(handle):
        if path.exists() and os.path.samestat(path.stat(), os.fstat(handle)):
            return handle
        os.close(handle)  # its owner removed it just now
        return _lock(state)
    os.close(handle)
    raise UsageError(
        f"{state}: another mailproof monitor uses this state file: stop it, or give this one its own with "
        "--state FILE"
    )


def _unlock(state: Path, handle: int) -> None:
    """Remove the lock file and release the lock."""
    with suppress(OSError):
        _lock_file(state).unlink()
    os.close(handle)


def _lock_file(state: Path) -> Path:
    return state.with_name(f"{state.name}.lock")


def _text(text: str) -> str:
    """Undecodable octets are surrogates, which SQLite does not accept."""
    return text.encode("utf-8", "backslashreplace").decode()


def packed(known: Known) -> bytes:
    """Serialize the state for the file. Raises UsageError if it is too large."""
    blob = zlib.compress(json_text(known, indent=None).encode(), 6)
    if len(blob) > MAX_KNOWN:
        raise UsageError(f"{known.report.subject}: too much to remember ({len(blob):,} octets)")
    return blob


def unpacked(blob: bytes) -> Known:
    """Deserialize a saved state. Raises ValueError, zlib.error and msgspec's errors."""
    reader = zlib.decompressobj()
    text = reader.decompress(blob, MAX_UNPACKED)
    if reader.unconsumed_tail:
        raise ValueError("too large")
    return msgspec.json.decode(text, type=Known, dec_hook=read)
