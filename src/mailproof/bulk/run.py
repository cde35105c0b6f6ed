"""The run: from the list to the journal, each domain once, with another try for what stayed unknown."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import msgspec
from msgspec import Struct

from mailproof.bulk.held import Held
from mailproof.bulk.journal import Journal
from mailproof.bulk.keys import Keys
from mailproof.bulk.orders import DomainOrders, Seen
from mailproof.bulk.pool import TURN_S, Pool
from mailproof.bulk.tally import Tally
from mailproof.bulk.targets import MOST_SHOWN, Target, Unreadable, key_of
from mailproof.errors import UsageError
from mailproof.model.bulk import SlowServers
from mailproof.structs import replace

#: A domain that stayed unknown is tried again after so many seconds,
AGAIN_S = 30.0
#: and after so many when the list has ended; at once where nothing else is to do.
AGAIN_AT_END_S = 5.0
#: Domains that wait for that: with more of them the first is tried at once.
MOST_WAITING = 1_000
OTHER_OPTIONS = (
    "was made with other options (--detail, --select, --ignore, --connect, --all-selectors, --config, or "
    "comments in --zone): use those, or name another file"
)
_seen = msgspec.json.Decoder(Seen).decode
#: Worker processes that audit domains.
DomainPool = Pool[Target, DomainOrders]


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
    tried once more. ``folder`` is for rows that wait for another try. ``interrupted`` may be set at any time:
    what is done by then is written, and the rest is left.
    """

    def __init__(
        self,
        pool: DomainPool,
        write: Callable[[bytes], None],
        watcher: Watcher,
        earlier: Journal | None = None,
        folder: Path | None = None,
    ) -> None:
        self._pool, self._write, self._watcher, self._journal = pool, write, watcher, earlier
        self._folder = folder
        self._is_final = pool.orders.is_final
        self.tally = Tally()
        self.interrupted = False
        self.failed: tuple[str, ...] = ()  # a cluster's batches: here a domain that fails has its row
        self._shown = 0.0
        self._first_tries = 0  # in the workers' hands
        self._waiting: deque[Target] = deque()  # for their other try

    def over(self, targets: Iterable[Target | Unreadable | None]) -> None:
        """Do all of them. What stayed unknown is written last, so that a later run finds it at the end."""
        with closing(Held(self._folder)) as held:
            once = Once(self.tally, self._watcher, self._resume(held))
            named = once.of(takewhile(lambda _: not self.interrupted, targets))
            self._audit(self._in_turn(named, held), held, once)
            for row in held.rows():
                self._put(row, _seen(row))

    def _resume(self, held: Held) -> Keys:
        """Count what an earlier run wrote, and hold the unknown at its end: what is done."""
        done, options = Keys(), self._pool.orders.options
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
                words = f"line {number} is not a result: is this another file?"
                raise UsageError(f"{self._journal.path}: {words}") from None
            if row.options not in ("", options):
                raise UsageError(f"{self._journal.path}: line {number} {OTHER_OPTIONS}")
            position += len(line)
            if not self._is_final(row):
                held.wait(key_of(row.domain), line.rstrip(b"\n"))
                continue
            for other in held.rows():  # a run that was killed: they had their other try
                count(_seen(other))
            held.clear()
            count(row)
            end = position
        self._journal.keep(end)
        return done

    def _in_turn(self, named: Iterator[Target | None], held: Held) -> Iterator[Target | None]:
        """What to try next, None: nothing yet. Name servers that were down for a moment are up again."""
        waiting, began = self._waiting, time.monotonic()
        for target in named:
            while self._is_due(AGAIN_S):
                yield waiting.popleft()
            if target is not None and target.key in held:  # unknown in the earlier run
                yield replace(target, again=began)
            else:
                yield target
        while waiting or self._first_tries:
            after = AGAIN_AT_END_S if self._first_tries else 0.0
            yield waiting.popleft() if self._is_due(after) else None

    def _is_due(self, after: float) -> bool:
        """Whether a domain has waited for its other try so long."""
        waiting = self._waiting
        return len(waiting) > MOST_WAITING or (
            len(waiting) > 0 and time.monotonic() - waiting[0].again >= after
        )

    def _audit(self, targets: Iterator[Target | None], held: Held, once: Once) -> None:
        pool, waiting, more, done, began = self._pool, self._waiting, True, 0, 0.0
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
                self._first_tries += not target.again
            for target, row in pool.results(TURN_S):
                now = time.monotonic()
                began = began or now  # not to count how long the workers took to start
                done += 1
                self._first_tries -= not target.again
                seen = _seen(row)
                self.tally.clock(seen)
                is_final = self._is_final(seen)
                if target.again:
                    held.settle(target.key, None if is_final else row)
                elif not is_final:
                    held.wait(target.key, row)
                    waiting.append(replace(target, again=now))
                if is_final:
                    self._put(row, seen)
            doing = "auditing" if self._first_tries else "again what stayed unknown"
            rate, to_come = done / max(TURN_S, time.monotonic() - began), once.to_come
            left = None if to_come is None else to_come + pool.in_hand + len(waiting)
            self._show(doing, held, rate, left)

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
