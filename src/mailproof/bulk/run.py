"""The run: from the list to the journal, each domain once; at the end another try for what stayed unknown."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct

from mailproof.bulk.messages import Seen
from mailproof.bulk.pool import Pool
from mailproof.bulk.tally import Tally
from mailproof.bulk.targets import MOST_SHOWN, Target, Unreadable, key_of
from mailproof.errors import UsageError

#: How long one turn waits for results, in seconds: Ctrl-C is noticed that soon.
TURN_S = 0.5
_seen = msgspec.json.Decoder(Seen).decode


class Watcher(Struct, frozen=True):
    """Who hears of what goes on: ``unreadable`` of a line of the list, ``progress`` once a turn."""

    unreadable: Callable[[Unreadable], None]
    progress: Callable[[Tally, str], None]


class Once:
    """Passes each domain on the first time that it comes; ``done`` are those of an earlier run."""

    def __init__(self, tally: Tally, watcher: Watcher, done: Iterable[int] = ()) -> None:
        self._tally, self._watcher = tally, watcher
        self._earlier = frozenset(done)
        self.named = set(self._earlier)

    def of(self, targets: Iterable[Target | Unreadable]) -> Iterator[Target]:
        """The domains; what is unreadable or repeated is counted."""
        for each in targets:
            if isinstance(each, Unreadable):
                self._tally.unreadable += 1
                if self._tally.unreadable <= MOST_SHOWN:
                    self._watcher.unreadable(each)
            elif each.key not in self.named:
                self.named.add(each.key)
                yield each
            elif each.key not in self._earlier:
                self._tally.repeated += 1


class Run:
    """Audits what a list names, and hands each row to ``write``.

    ``interrupted`` may be set at any time: what is done by then is written, and the rest is left.
    """

    def __init__(self, pool: Pool, write: Callable[[bytes], None], watcher: Watcher) -> None:
        self._pool, self._write, self._watcher = pool, write, watcher
        self.tally = Tally()
        self.interrupted = False
        self.failed: tuple[str, ...] = ()  # a cluster's batches: here a domain that fails has its row
        self._earlier: set[int] = set()
        self._told = 0.0

    def resume(self, lines: Iterable[bytes]) -> int:
        """Count what an earlier run wrote; these domains are passed over. Says how many they are."""
        for number, line in enumerate(lines, 1):
            try:
                row = _seen(line)
            except msgspec.MsgspecError:
                raise UsageError(f"line {number} is no result: is it another file?") from None
            self._earlier.add(key_of(row.domain))
            self.tally.count(row, earlier=True)
        return len(self._earlier)

    def over(self, targets: Iterable[Target | Unreadable]) -> None:
        """Do all of them."""
        once = Once(self.tally, self._watcher, self._earlier)
        self._earlier = set()
        with tempfile.TemporaryFile() as later:  # on the disk: memory is for the names alone
            again: dict[int, Target] = {}
            places: dict[int, int] = {}
            for target, row in self._audited(once.of(targets), "auditing"):
                if _complete(row):
                    self._put(row)
                else:
                    again[target.key], places[target.key] = target, later.tell()
                    later.write(row + b"\n")
            # Name servers that were down for a moment are up again.
            for target, row in self._audited(iter(again.values()), "again what stayed unknown"):
                del places[target.key]
                self._put(row)
            for place in places.values():
                later.seek(place)
                self._put(later.readline().rstrip(b"\n"))

    def _audited(self, targets: Iterator[Target], doing: str) -> Iterator[tuple[Target, bytes]]:
        pool, more = self._pool, True
        while (more or pool.busy) and not self.interrupted:
            while more and pool.free > 0:
                target = next(targets, None)
                if target is None:
                    more = False
                else:
                    pool.give(target)
            yield from pool.results(TURN_S)
            now = time.monotonic()
            if now - self._told >= TURN_S:
                self._told = now
                self._watcher.progress(self.tally, doing)

    def _put(self, row: bytes) -> None:
        self._write(row)
        with contextlib.suppress(msgspec.MsgspecError):
            self.tally.count(_seen(row))


def _complete(row: bytes) -> bool:
    return _seen(row).complete
