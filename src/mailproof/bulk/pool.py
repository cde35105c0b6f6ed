"""Worker processes that come and go: what one that died had in hand is given to another."""

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
from mailproof.render.json import encoded

#: So often a domain or message is tried whose worker dies; then it is reported as failed.
TRIES = 3
#: Domains or messages after which another process takes the place of a worker: Python gives memory back in
#: pieces, so that one grows by 1 MB for 1,000 domains, with no more objects in it. To start costs the time of
#: 100.
RETIRE = 10_000
#: How long one turn waits for results, in seconds: Ctrl-C is noticed that soon.
TURN_S = 0.5
#: The longest line of a worker, in octets: a report of more is not one.
MOST_LINE = 64 * 1024 * 1024
_READ = 1 << 18
_decode = msgspec.json.Decoder(Done).decode


class Item(Protocol):
    """A domain or a message; its ``line`` is a number of its own."""

    @property
    def line(self) -> int: ...


AnyItem = TypeVar("AnyItem", bound=Item)
AnyOrders = TypeVar("AnyOrders", bound=Orders)


class _Worker(Struct, eq=False):
    """A process, and what it has in hand by line. ``given`` counts what it was given in all."""

    process: subprocess.Popen[bytes]
    orders: IO[bytes]
    results: IO[bytes]
    in_hand: dict[int, Any]
    rest: bytearray
    given: int = 0

    @property
    def is_retired(self) -> bool:
        """Whether it gets no more, and ends when it is done."""
        return self.orders.closed


class Pool(Generic[AnyItem, AnyOrders]):
    """``workers`` processes that work on domains or messages. Each has at most ``orders.room`` in hand."""

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
            start_new_session=True,  # Ctrl-C is ours alone
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
        """How many were given out and are not done."""
        return len(self._again) + sum(len(each.in_hand) for each in self._workers)

    @property
    def free(self) -> int:
        """How many more can be given out."""
        active = self._active
        room = self.orders.room * len(active)
        return room - sum(len(each.in_hand) for each in active) - len(self._again)

    @property
    def _active(self) -> list[_Worker]:
        return [each for each in self._workers if not each.is_retired]

    def give(self, item: AnyItem) -> None:
        """Hand one to the worker that has the fewest."""
        worker = min(self._active, key=lambda each: len(each.in_hand))
        worker.in_hand[item.line] = item
        worker.given += 1
        self._send(worker, encoded(item))
        if worker.given >= RETIRE:
            with contextlib.suppress(BrokenPipeError):  # it died: see _replaced
                worker.orders.close()
            if not self.orders.rate:  # else two of them would ask more than their share
                self._workers.append(self._start())

    def results(self, timeout: float) -> Iterator[tuple[AnyItem, bytes]]:
        """What is done, after at most ``timeout`` seconds: each item and its row."""
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
        """What it wrote; empty where it ended, None where there is nothing now."""
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
        """Another in place of one that died; what it had in hand is tried again."""
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
        """End all of them."""
        for worker in self._workers:
            self._end(worker)
        self._workers = []
        self._selector.close()
