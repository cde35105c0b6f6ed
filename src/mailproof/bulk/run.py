"""The run: from the list to the journal, each domain once, with a retry for incomplete ones."""

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
from mailproof.bulk.orders import DomainOrders, read_row
from mailproof.bulk.pool import TURN_S, Pool
from mailproof.bulk.tally import Tally
from mailproof.bulk.targets import MOST_SHOWN, Target, Unreadable, key_of
from mailproof.errors import UsageError
from mailproof.model.bulk import ShortRow, SlowServers
from mailproof.structs import replace

#: Seconds after which an incomplete domain is retried,
AGAIN_S = 30.0
#: and once the list has ended; immediately, if nothing else is left to do.
AGAIN_AT_END_S = 5.0
#: Domains that await a retry: with more of them, the first is retried at once.
MOST_WAITING = 1_000
OTHER_OPTIONS = (
    "was made with other options (--detail, --select, --ignore, --connect, --all-selectors, --config, or "
    "comments in --zone): use those, or name another file"
)
#: Worker processes that audit domains.
DomainPool = Pool[Target, DomainOrders]


class Now(Struct, frozen=True):
    """The progress of a run. ``rate`` is in domains a second; ``left_s`` in seconds (0: not known)."""

    doing: str
    done: int
    unknown: int
    rate: float
    left_s: float
    slowest: tuple[SlowServers, ...]


class Watcher(Struct, frozen=True):
    """Callbacks: ``unreadable`` gets each unreadable line, ``progress`` the state about twice a second.

    ``share`` returns how much of the list has been read, from 0 (or not known) to 1.
    """

    unreadable: Callable[[Unreadable], None] = lambda _: None
    progress: Callable[[Now], None] = lambda _: None
    share: Callable[[], float] = lambda: 0.0


class Once:
    """Filters out repeated domains, and those that an earlier run has done."""

    def __init__(self, tally: Tally, watcher: Watcher, done: Keys | None = None) -> None:
        self._tally, self._watcher = tally, watcher
        self._earlier, self._named = done or Keys(), Keys()
        self.passed = 0

    def of(self, targets: Iterable[Target | Unreadable | None]) -> Iterator[Target | None]:
        """The new domains (None: nothing to read yet). Unreadable and repeated lines are counted."""
        for each in targets:
            if each is None:
                yield None
                continue
            self.passed += 1
            if isinstance(each, Unreadable):
                self._tally.unreadable += 1
                if self._tally.unreadable <= MOST_SHOWN:
                    self._watcher.unreadable(each)
            elif not self._named.add(each.key):
                self._tally.repeated += 1
            elif each.key not in self._earlier:
                yield each

    @property
    def to_come(self) -> float | None:
        """An estimate of how many lines of the list are left to read; None: not known."""
        share = self._watcher.share()
        return self.passed / share - self.passed if share else None


class Run:
    """Audits the domains of a list, and passes each row to ``write``.

    ``earlier`` holds the results of an earlier run: its domains are skipped, incomplete ones are retried.
    ``folder`` is for rows that await a retry. ``interrupted`` may be set at any time: finished rows are
    written, the rest of the list is not audited.
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
        self.failed: tuple[str, ...] = ()  # batches of a ClusterRun; here a domain that fails gets a row
        self._shown = 0.0
        self._first_tries = 0  # in progress
        self._waiting: deque[Target] = deque()  # for their retry
        self._slow: dict[int, str] = {}  # by line, what their first attempt was noted under (see Tally.clock)

    def over(self, targets: Iterable[Target | Unreadable | None]) -> None:
        """Audit all of them. Incomplete rows are written last, where a later run expects them."""
        with closing(Held(self._folder)) as held:
            once = Once(self.tally, self._watcher, self._resume(held))
            named = once.of(takewhile(lambda _: not self.interrupted, targets))
            self._audit(self._in_turn(named, held), held, once)
            for row in held.rows():
                self._put(row, read_row(row))

    def _resume(self, held: Held) -> Keys:
        """Count the rows of an earlier run, hold the incomplete ones at its end, and return what is done."""
        done, options = Keys(), self._pool.orders.options
        if self._journal is None:
            return done

        def count(row: ShortRow) -> None:
            done.add(key_of(row.domain))
            self.tally.count(row, earlier=True)

        position = end = 0
        for number, line in enumerate(self._journal.lines(), 1):
            self._show("reading the earlier results", held)
            if self.interrupted:  # the journal stays as it is
                held.clear()
                return done
            try:
                row = read_row(line)
            except msgspec.MsgspecError:
                words = f"line {number} is not a result: is this another file?"
                raise UsageError(f"{self._journal.path}: {words}") from None
            if row.options not in ("", options):
                raise UsageError(f"{self._journal.path}: line {number} {OTHER_OPTIONS}")
            position += len(line)
            if not self._is_final(row):
                held.wait(key_of(row.domain), line.rstrip(b"\n"))
                continue
            for other in held.rows():  # incomplete rows before a complete one have been retried
                count(read_row(other))
            held.clear()
            count(row)
            end = position
        self._journal.keep(end)
        return done

    def _in_turn(self, named: Iterator[Target | None], held: Held) -> Iterator[Target | None]:
        """The domains in the order to audit them, retries included; None: none is due yet."""
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
        """Whether a domain has waited ``after`` seconds for its retry."""
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
                began = began or now  # leaves out the workers' start
                done += 1
                self._first_tries -= not target.again
                seen = read_row(row)
                slow = self.tally.clock(seen, self._slow.pop(target.line, ""))
                is_final = self._is_final(seen)
                if target.again:
                    held.settle(target.key, None if is_final else row)
                elif not is_final:
                    held.wait(target.key, row)
                    waiting.append(replace(target, again=now))
                    self._slow[target.line] = slow
                if is_final:
                    self._put(row, seen)
            doing = "auditing" if self._first_tries else "retrying"
            rate, to_come = done / max(TURN_S, time.monotonic() - began), once.to_come
            left = None if to_come is None else to_come + pool.in_hand + len(waiting)
            self._show(doing, held, rate, left)

    def _show(self, doing: str, held: Held, rate: float = 0.0, left: float | None = None) -> None:
        """Report progress, at most every ``TURN_S``. ``left``: domains left, if known."""
        now = time.monotonic()
        if now - self._shown < TURN_S:
            return
        self._shown, tally = now, self.tally
        unknown = tally.domains - tally.complete + len(held)
        left_s = left / rate if left and rate else 0.0
        self._watcher.progress(Now(doing, tally.domains + len(held), unknown, rate, left_s, tally.slowest))

    def _put(self, row: bytes, seen: ShortRow) -> None:
        self._write(row)
        self.tally.count(seen)
