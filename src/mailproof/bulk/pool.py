"""A pool of worker processes. When one dies, its items are given to another."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from typing import IO, Any, Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct

from mailproof.bulk.orders import FAULT, Done, Orders
from mailproof.errors import UsageError
from mailproof.files import working_folder
from mailproof.render.json import encoded

#: Attempts at a domain or message whose worker dies; then it is reported as failed.
TRIES = 3
#: Domains or messages after which a worker is replaced: heap fragmentation grows it by 1 MB per 1,000
#: domains. Starting a process takes as long as 100 domains.
RETIRE = 10_000
#: Seconds to wait for results at a time, and so to notice Ctrl-C.
TURN_S = 0.5
#: The longest line from a worker, in octets. One that writes more is killed.
MOST_LINE = 64 * 1024 * 1024
_READ = 1 << 18
_decode = msgspec.json.Decoder(Done).decode


class Item(Protocol):
    """A domain or a message. ``line`` is its unique number."""

    @property
    def line(self) -> int: ...


AnyItem = TypeVar("AnyItem", bound=Item)
AnyOrders = TypeVar("AnyOrders", bound=Orders)


class _Worker(Struct, eq=False):
    """A process, and its items in progress by line. ``given`` counts all items it was given."""

    process: subprocess.Popen[bytes]
    orders: IO[bytes]
    results: IO[bytes]
    in_hand: dict[int, Any]
    rest: bytearray
    given: int = 0

    @property
    def is_retired(self) -> bool:
        """Whether it gets no new items, and exits when done."""
        return self.orders.closed


class Pool(Generic[AnyItem, AnyOrders]):
    """``workers`` processes, each with up to ``orders.room`` items in progress."""

    def __init__(self, workers: int, orders: AnyOrders, command: tuple[str, ...]) -> None:
        self.orders, self._command = orders, command
        self._selector = selectors.DefaultSelector()
        self._again: deque[AnyItem] = deque()
        self._lost: dict[int, int] = {}
        self._workers: list[_Worker] = []
        self._dead = 0
        self._works = False
        self._workers.extend(self._start() for _ in range(workers))

    def _start(self) -> _Worker:
        process = subprocess.Popen(  # noqa: S603 - this Python, with our own module
            [sys.executable, *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **safe_path()},
            start_new_session=True,  # Ctrl-C must reach this process alone
        )
        assert process.stdin is not None
        assert process.stdout is not None
        worker = _Worker(process, process.stdin, process.stdout, {}, bytearray())
        os.set_blocking(worker.results.fileno(), False)
        self._selector.register(worker.results, selectors.EVENT_READ, worker)
        self._send(worker, encoded(self.orders))
        return worker

    @property
    def in_hand(self) -> int:
        """How many items are in progress."""
        return len(self._again) + sum(len(each.in_hand) for each in self._workers)

    @property
    def free(self) -> int:
        """How many more items the workers can take."""
        active = self._active
        room = self.orders.room * len(active)
        return room - sum(len(each.in_hand) for each in active) - len(self._again)

    @property
    def _active(self) -> list[_Worker]:
        return [each for each in self._workers if not each.is_retired]

    def give(self, item: AnyItem) -> None:
        """Hand an item to the worker that has the fewest."""
        worker = min(self._active, key=lambda each: len(each.in_hand))
        worker.in_hand[item.line] = item
        worker.given += 1
        self._send(worker, encoded(item))
        if worker.given >= RETIRE:
            with contextlib.suppress(BrokenPipeError):  # it died: see _replaced
                worker.orders.close()
            if not self.orders.rate:  # else the two together would exceed the rate
                self._workers.append(self._start())

    def results(self, timeout: float) -> Iterator[tuple[AnyItem, bytes]]:
        """Finished items with their rows; waits for them up to ``timeout`` seconds."""
        while self._again and self._active:
            self.give(self._again.popleft())
        for key, _ in self._selector.select(timeout):
            worker: _Worker = key.data
            got = self._read(worker)
            yield from self._lines(worker)
            if got == b"" and worker.is_retired and not worker.in_hand:
                self._end(worker)
                self._workers.remove(worker)
                if self.orders.rate:
                    self._workers.append(self._start())
            elif got == b"":
                yield from self._replaced(worker)

    def _read(self, worker: _Worker) -> bytes | None:
        """Read its output; empty if it has exited or a line is too long, None if there is nothing to read."""
        try:
            got = os.read(worker.results.fileno(), _READ)
        except BlockingIOError:
            return None
        worker.rest += got
        return b"" if len(worker.rest) > MOST_LINE else got

    def _lines(self, worker: _Worker) -> Iterator[tuple[AnyItem, bytes]]:
        *whole, rest = worker.rest.split(b"\n")
        worker.rest = bytearray(rest)
        for line in whole:
            if line.startswith(FAULT):
                raise UsageError(line.removeprefix(FAULT).decode())
            done = _decode(line)
            if (item := worker.in_hand.pop(done.line, None)) is not None:
                self._works = True
                yield item, bytes(done.row)

    def _replaced(self, worker: _Worker) -> Iterator[tuple[AnyItem, bytes]]:
        """Replace a worker that died, and retry its items; yields those that have failed too often."""
        was_retired = worker.is_retired
        self._end(worker)
        self._workers.remove(worker)
        self._dead += 1
        if self._dead >= TRIES and not self._works:
            raise UsageError("the worker processes end as soon as they start: see their messages above")
        for item in worker.in_hand.values():
            tries = self._lost[item.line] = self._lost.get(item.line, 0) + 1
            if tries < TRIES:
                self._again.append(item)
            else:
                reason = f"{tries} worker processes died while they worked on it"
                yield item, self.orders.failed(item, reason)
        if self.orders.rate or not was_retired:
            self._workers.append(self._start())

    def _send(self, worker: _Worker, line: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # it died: see _replaced
            worker.orders.write(line + b"\n")
            worker.orders.flush()

    def _end(self, worker: _Worker) -> None:
        self._selector.unregister(worker.results)
        worker.process.kill()
        worker.process.wait()
        for stream in (worker.orders, worker.results):
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def close(self) -> None:
        """Kill all workers."""
        for worker in self._workers:
            self._end(worker)
        self._workers = []
        self._selector.close()


def safe_path() -> dict[str, str]:
    """What keeps Python processes from importing a json.py of the working folder, unless we would too."""
    return {} if sys.path[0] in ("", str(working_folder())) else {"PYTHONSAFEPATH": "1"}
