"""The run: from the list to the journal, each domain once; at the end another try for what stayed unknown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import takewhile

import msgspec
from msgspec import Struct

from mailproof.bulk.held import Held
from mailproof.bulk.journal import Journal
from mailproof.bulk.keys import Keys
from mailproof.bulk.messages import Seen
from mailproof.bulk.pool import Pool
from mailproof.bulk.tally import Tally
from mailproof.bulk.targets import MOST_SHOWN, Target, Unreadable, key_of
from mailproof.errors import UsageError
from mailproof.model.bulk import SlowServers
from mailproof.structs import replace

#: How long one turn waits for results, in seconds: Ctrl-C is noticed that soon.
TURN_S = 0.5
_seen = msgspec.json.Decoder(Seen).decode


class Now(Struct, frozen=True):
    """How far a run is: domains in all, domains a second, seconds that it will still take (0: not known)."""

    doing: str
    done: int
    unknown: int
    rate: float
    left_s: float
    slowest: tuple[SlowServers, ...]


class Watcher(Struct, frozen=True):
    """Who hears of what goes on: ``unreadable`` of a line of the list, ``progress`` once a turn.

    ``share`` says how much of the list was read, from 0 (also where that is not known) to 1.
    """

    unreadable: Callable[[Unreadable], None] = lambda _: None
    progress: Callable[[Now], None] = lambda _: None
    share: Callable[[], float] = lambda: 0.0


class Once:
    """Passes each domain on the first time that it comes; ``done`` are those of an earlier run."""

    def __init__(self, tally: Tally, watcher: Watcher, done: Keys | None = None) -> None:
        self._tally, self._watcher = tally, watcher
        self._earlier, self._named = done or Keys(), Keys()
        self.passed = 0

    def of(self, targets: Iterable[Target | Unreadable | None]) -> Iterator[Target | None]:
        """The domains (None: nothing yet); what is unreadable or repeated is counted."""
        for each in targets:
            if each is None:
                yield None
                continue
            self.passed += 1
            if isinstance(each, Unreadable):
                self._tally.unreadable += 1
                if self._tally.unreadable <= MOST_SHOWN:
                    self._watcher.unreadable(each)
            elif each.key in self._earlier:
                pass
            elif self._named.add(each.key):
                yield each
            else:
                self._tally.repeated += 1

    @property
    def to_come(self) -> float | None:
        """How many lines of the list are still to be read; None where that is not known."""
        share = self._watcher.share()
        return self.passed / share - self.passed if share else None


class Run:
    """Audits what a list names, and hands each row to ``write``.

    ``earlier`` has the results of an earlier run: these domains are passed over, and the unknown ones are
    tried once more at the end. ``interrupted`` may be set at any time: what is done by then is written, and
    the rest is left.
    """

    def __init__(
        self, pool: Pool, write: Callable[[bytes], None], watcher: Watcher, earlier: Journal | None = None
    ) -> None:
        self._pool, self._write, self._watcher, self._journal = pool, write, watcher, earlier
        self._is_final = pool.orders.is_final
        self.tally = Tally()
        self.interrupted = False
        self.failed: tuple[str, ...] = ()  # a cluster's batches: here a domain that fails has its row
        self._shown = 0.0

    def over(self, targets: Iterable[Target | Unreadable | None]) -> None:
        """Do all of them. What stayed unknown is written last, so that a later run finds it at the end."""
        with closing(Held()) as held:
            once = Once(self.tally, self._watcher, self._resume(held))
            again: dict[int, Target] = {}

            def first() -> Iterator[Target | None]:
                for target in once.of(takewhile(lambda _: not self.interrupted, targets)):
                    if target is not None and target.key in held:  # since the earlier run
                        again[target.key] = replace(target, again=True)
                    else:
                        yield target

            def left(_: int) -> float | None:
                to_come = once.to_come
                return None if to_come is None else to_come + self._pool.in_hand + len(again)

            for target, row, seen in self._audited(first(), "auditing", held, left):
                if self._is_final(seen):
                    self._put(row, seen)
                else:
                    again[target.key] = replace(target, again=True)
                    held.put(target.key, row)
            # Name servers that were down for a moment are up again.
            retries = self._audited(
                iter(again.values()), "again what stayed unknown", held, lambda done: len(again) - done
            )
            for target, row, seen in retries:
                if self._is_final(seen):
                    held.drop(target.key)
                    self._put(row, seen)
                else:
                    held.put(target.key, row)
            for _, row in held:
                self._put(row, _seen(row))

    def _resume(self, held: Held) -> Keys:
        """Count what an earlier run wrote, and hold the unknown at its end: what is done."""
        done = Keys()
        if self._journal is None:
            return done

        def count(row: Seen) -> None:
            done.add(key_of(row.domain))
            self.tally.count(row, earlier=True)
            self.tally.clock(row)

        position = end = 0
        for number, line in enumerate(self._journal.lines(), 1):
            self._show("reading the earlier results", held)
            if self.interrupted:  # what was not read is not written anew
                held.clear()
                return done
            try:
                row = _seen(line)
            except msgspec.MsgspecError:
                words = f"line {number} is no result: is it another file?"
                raise UsageError(f"{self._journal.path}: {words}") from None
            position += len(line)
            if not self._is_final(row):
                held.put(key_of(row.domain), line.rstrip(b"\n"))
                continue
            for _, other in held:  # a run that was killed: they had their other try
                count(_seen(other))
            held.clear()
            count(row)
            end = position
        self._journal.keep(end)
        return done

    def _audited(
        self, targets: Iterator[Target | None], doing: str, held: Held, left: Callable[[int], float | None]
    ) -> Iterator[tuple[Target, bytes, Seen]]:
        """Each domain with its row. ``left`` says how many are left when so many are done."""
        pool, more, done, began = self._pool, True, 0, time.monotonic()
        while (more or pool.in_hand) and not self.interrupted:
            while more and pool.free > 0:
                try:
                    target = next(targets)
                except StopIteration:
                    more = False
                    break
                if target is None:
                    break
                pool.give(target)
            for target, row in pool.results(TURN_S):
                if not done:
                    began = time.monotonic()  # not to count how long the workers took to start
                done += 1
                seen = _seen(row)
                self.tally.clock(seen)
                yield target, row, seen
            self._show(doing, held, done / max(TURN_S, time.monotonic() - began), left(done))

    def _show(self, doing: str, held: Held, rate: float = 0.0, left: float | None = None) -> None:
        """Say how far it is, once a turn. ``left``: so many domains are left, where that is known."""
        now = time.monotonic()
        if now - self._shown < TURN_S:
            return
        self._shown, tally = now, self.tally
        unknown = tally.domains - tally.complete + len(held)
        left_s = left / rate if left and rate else 0.0
        self._watcher.progress(Now(doing, tally.domains + len(held), unknown, rate, left_s, tally.slowest))

    def _put(self, row: bytes, seen: Seen) -> None:
        self._write(row)
        self.tally.count(seen)
