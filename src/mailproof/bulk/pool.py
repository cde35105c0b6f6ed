"""A pool of worker processes. When one dies, its items are given to another."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import IO, Any, Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct

from mailproof.bulk.orders import FAULT, READY, Done, Orders
from mailproof.errors import UsageError
from mailproof.files import working_folder
from mailproof.render.json import encoded

#: Attempts at a domain or message whose worker dies; then it is reported as failed. In the last one its
#: worker has nothing else in progress: another item may have killed the others.
TRIES = 3
#: Seconds to wait for results at a time, and so to notice Ctrl-C.
TURN_S = 0.5
#: A worker that is ready, has items in progress and writes nothing for this many seconds beyond their time
#: limit hangs: it is killed.
HANGS_S = 60.0
#: The longest line from a worker, in octets. One that writes more is killed.
MOST_LINE = 64 * 1024 * 1024
_READ, _WRITE = 1 << 18, 1 << 16
_decode = msgspec.json.Decoder(Done).decode


class Item(Protocol):
    """A domain or a message. ``line`` is its unique number."""

    @property
    def line(self) -> int: ...


AnyItem = TypeVar("AnyItem", bound=Item)
AnyOrders = TypeVar("AnyOrders", bound=Orders)


class _Worker(Struct, eq=False):
    """A process, and its items in progress by line.

    ``unsent`` is what its input pipe has no room for yet (``waits``: the selector watches for room), ``rest``
    the start of a line of its output.
    ``heard`` is when it last wrote, or got an item while idle (monotonic; 0: it is not ready yet).
    """

    process: subprocess.Popen[bytes]
    orders: IO[bytes]
    results: IO[bytes]
    in_hand: dict[int, Any]
    unsent: bytearray
    rest: bytearray
    heard: float = 0.0
    waits: bool = False

    def hangs(self, limit: float) -> bool:
        """Whether it has been silent for too long; ``limit``: the time limit of an item in seconds."""
        return self.heard > 0 and bool(self.in_hand) and time.monotonic() - self.heard > limit + HANGS_S


class Pool(Generic[AnyItem, AnyOrders]):
    """``workers`` processes, each with up to ``orders.room`` items in progress."""

    def __init__(self, workers: int, orders: AnyOrders, command: tuple[str, ...]) -> None:
        self.orders, self._command = orders, command
        self._selector = selectors.DefaultSelector()
        self._again: deque[AnyItem] = deque()
        self._last_attempts: deque[AnyItem] = deque()
        self._alone: _Worker | None = None  # works on those, one at a time
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
        worker = _Worker(process, process.stdin, process.stdout, {}, bytearray(), bytearray())
        for pipe in (worker.orders, worker.results):
            os.set_blocking(pipe.fileno(), False)
        self._selector.register(worker.results, selectors.EVENT_READ, worker)
        self._send(worker, encoded(self.orders))
        return worker

    @property
    def in_hand(self) -> int:
        """How many items are in progress."""
        queued = len(self._again) + len(self._last_attempts)
        return queued + sum(len(each.in_hand) for each in self._workers)

    @property
    def free(self) -> int:
        """How many more items the workers can take."""
        active = self._active
        room = self.orders.room * len(active)
        return room - sum(len(each.in_hand) for each in active) - len(self._again)

    @property
    def _active(self) -> list[_Worker]:
        return [each for each in self._workers if each is not self._alone]

    def give(self, item: AnyItem) -> None:
        """Hand an item to the worker that has the fewest."""
        self._hand(min(self._active, key=lambda each: len(each.in_hand)), item)

    def _hand(self, worker: _Worker, item: AnyItem) -> None:
        if not worker.in_hand and worker.heard:
            worker.heard = time.monotonic()
        worker.in_hand[item.line] = item
        self._send(worker, encoded(item))

    def results(self, timeout: float) -> Iterator[tuple[AnyItem, bytes]]:
        """Finished items with their rows; waits for them up to ``timeout`` seconds."""
        self._isolate()
        while self._again and self._active:
            self.give(self._again.popleft())
        for key, _ in self._selector.select(timeout):
            worker: _Worker = key.data
            if key.fileobj is worker.orders:
                self._flush(worker)
                continue
            got = self._read(worker)
            yield from self._lines(worker)
            if got == b"":
                yield from self._replaced(worker)
        for worker in self._workers:
            if worker.hangs(self.orders.limit):
                worker.process.kill()  # see _replaced

    def _isolate(self) -> None:
        """Give the next last attempt to a worker of its own, once that has finished what it has."""
        if self._last_attempts and self._alone is None and self._active:
            self._alone = self._active[-1]
        if self._alone is not None and not self._alone.in_hand:
            if self._last_attempts:
                self._hand(self._alone, self._last_attempts.popleft())
            else:
                self._alone = None

    def _read(self, worker: _Worker) -> bytes | None:
        """Read its output; empty if it has exited or a line is too long, None if there is nothing to read."""
        try:
            got = os.read(worker.results.fileno(), _READ)
        except BlockingIOError:
            return None
        worker.rest += got
        worker.heard = time.monotonic()
        return b"" if len(worker.rest) > MOST_LINE else got

    def _lines(self, worker: _Worker) -> Iterator[tuple[AnyItem, bytes]]:
        *whole, rest = worker.rest.split(b"\n")
        worker.rest = bytearray(rest)
        for line in whole:
            if line.startswith(FAULT):
                raise UsageError(line.removeprefix(FAULT).decode())
            if line == READY:
                continue
            done = _decode(line)
            if (item := worker.in_hand.pop(done.line, None)) is not None:
                self._works = True
                yield item, bytes(done.row)

    def _replaced(self, worker: _Worker) -> Iterator[tuple[AnyItem, bytes]]:
        """Replace a worker that died, and retry its items; yields those that have failed too often."""
        if worker is self._alone:
            self._alone = None
        self._end(worker)
        self._dead += 1
        if self._dead >= TRIES and not self._works:
            raise UsageError("the worker processes end as soon as they start: see their messages above")
        for item in worker.in_hand.values():
            tries = self._lost[item.line] = self._lost.get(item.line, 0) + 1
            if tries < TRIES:
                (self._last_attempts if tries == TRIES - 1 else self._again).append(item)
            else:
                reason = f"{tries} worker processes died while they worked on it"
                yield item, self.orders.failed(item, reason)
        self._workers.append(self._start())

    def _send(self, worker: _Worker, line: bytes) -> None:
        worker.unsent += line + b"\n"
        self._flush(worker)

    def _flush(self, worker: _Worker) -> None:
        """Write what the pipe has room for, and have the selector wait for room for the rest."""
        if worker.orders.closed:  # its end was read in the same turn
            return
        try:
            while worker.unsent:
                del worker.unsent[: os.write(worker.orders.fileno(), worker.unsent[:_WRITE])]
        except BlockingIOError:
            pass
        except BrokenPipeError:  # it died: see _replaced
            worker.unsent.clear()
        if worker.unsent and not worker.waits:
            self._selector.register(worker.orders, selectors.EVENT_WRITE, worker)
        elif worker.waits and not worker.unsent:
            self._selector.unregister(worker.orders)
        worker.waits = bool(worker.unsent)

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.results)
        if worker.waits:
            self._selector.unregister(worker.orders)
        worker.process.kill()
        worker.process.wait()
        for stream in (worker.orders, worker.results):
            stream.close()

    def close(self) -> None:
        """Kill all workers."""
        for worker in tuple(self._workers):
            self._end(worker)
        self._selector.close()


def safe_path() -> dict[str, str]:
    """What keeps Python processes from importing a json.py of the working folder, unless we would too."""
    return {} if sys.path[0] in ("", str(working_folder())) else {"PYTHONSAFEPATH": "1"}
