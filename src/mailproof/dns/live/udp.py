"""Queries over UDP: a pool of connected sockets with random source ports, drained in batches."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import struct
import time
from collections.abc import Callable

from msgspec import Struct

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import Nameserver
from mailproof.dns.live.packet import answers_question
from mailproof.dns.together import Later

_MAX_DATAGRAM = 4096  # more than the payload that we offer
_BATCH = 64
_SOCKETS = 16
_SHARE = 32  # queries in flight on one socket before another is opened
_MAX_OPEN = 128  # including retired sockets that still await replies
_USES = 256
_RECEIVE_BUFFER = 1 << 20

#: Random numbers from the system, fetched in bulk: each gives an id and picks a socket.
_RANDOM = struct.Struct("256I")

_TICK = 0.02  # seconds: the resolution of timeouts

#: Called with the reply to a query, or with why there is none.
Then = Callable[[bytes | Miss], object]


class _Socket:
    """A connected socket and the queries in flight on it, by id."""

    __slots__ = ("left", "sock", "waiting")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.waiting: dict[int, Wait] = {}
        self.left = random.randint(_USES // 2, _USES)  # noqa: S311 - when to rotate is no secret


class Wait(Struct, eq=False):
    """One query in flight. ``exact``: its reply must repeat the name in the same case (0x20)."""

    entry: _Socket
    number: int
    question: bytes
    exact: bool
    deadline: float
    then: Then


class UdpPool:
    """Sockets to one server. They are connected, so that the kernel drops datagrams from any other address
    or port; each is replaced (with a new random port) after some hundred queries."""

    def __init__(self, loop: asyncio.AbstractEventLoop, server: Nameserver) -> None:
        self._loop = loop
        self._server = server
        self._ready: list[_Socket] = []
        self._open: set[_Socket] = set()
        self._random: list[int] = []
        self._in_flight = 0
        self._arrived: list[tuple[Then, bytes | Miss]] = []
        self._sweep: asyncio.TimerHandle | None = None

    async def ask(self, query: bytes, question: bytes, deadline: float, exact: bool) -> bytes | Miss:
        """Send ``query`` (without id) and wait until ``deadline`` (monotonic) for its reply."""
        there: Later[bytes | Miss] = Later()
        wait = self.send(query, question, deadline, exact, there.set_result)
        try:
            return await there
        finally:
            if wait is not None:
                self.forget(wait)

    def send(self, query: bytes, question: bytes, deadline: float, exact: bool, then: Then) -> Wait | None:
        """As ``ask``, but without a coroutine: ``then`` is called later with the result.

        None: there was no socket, which is then the result.
        """
        if not self._random:
            self._random = list(_RANDOM.unpack(os.urandom(_RANDOM.size)))
        chosen = self._random.pop()
        try:
            entry = self._pick(chosen >> 16)
        except OSError as error:
            self._hand(then, Miss("no-way", f"no socket to {self._server.text}: {error.strerror or error}"))
            return None
        waiting = entry.waiting
        number = chosen & 0xFFFF
        while number in waiting:
            number = random.SystemRandom().getrandbits(16)
        wait = waiting[number] = Wait(entry, number, question, exact, deadline, then)
        self._in_flight += 1
        if self._sweep is None:
            self._sweep = self._loop.call_later(_TICK, self._expire)
        try:
            entry.sock.send(number.to_bytes(2) + query)
        except (BlockingIOError, InterruptedError):
            pass  # a full send buffer loses the datagram: the timeout covers it
        except OSError as error:  # ICMP's answer to an earlier datagram: it is reported only once
            self._fail(entry, error)
        return wait

    def forget(self, wait: Wait) -> None:
        """No one waits for it any more."""
        entry = wait.entry
        if entry.waiting.get(wait.number) is wait:
            del entry.waiting[wait.number]
            self._in_flight -= 1
            if entry.left <= 0 and not entry.waiting:
                self._close(entry)

    def _end(self, wait: Wait, data: bytes | Miss) -> None:
        self.forget(wait)
        self._hand(wait.then, data)

    def _hand(self, then: Then, data: bytes | Miss) -> None:
        """Deliver it once all sockets are read, so that our own work does not count as round-trip time."""
        if not self._arrived:
            self._loop.call_soon(self._deliver)
        self._arrived.append((then, data))

    def _deliver(self) -> None:
        arrived, self._arrived = self._arrived, []
        for then, data in arrived:
            then(data)

    def _pick(self, chosen: int) -> _Socket:
        ready = self._ready
        room = len(ready) * _SHARE > self._in_flight or len(ready) >= _SOCKETS
        entry = ready[chosen % len(ready)] if room else self._connect()
        entry.left -= 1
        if entry.left <= 0 and len(self._open) < _MAX_OPEN:
            ready.remove(entry)
        return entry

    def _connect(self) -> _Socket:
        family, address = sockaddr(self._server)
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            sock.connect(address)
            entry = _Socket(sock)
            self._loop.add_reader(sock, self._drain, entry)
        except BaseException:
            sock.close()
            raise
        self._ready.append(entry)
        self._open.add(entry)
        return entry

    def _drain(self, entry: _Socket) -> None:
        receive = entry.sock.recv
        waiting = entry.waiting
        for _ in range(_BATCH):
            try:
                data = receive(_MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:  # ICMP: port unreachable
                self._fail(entry, error)
                return
            if len(data) < 12:
                continue
            wait = waiting.get(data[0] << 8 | data[1])
            if wait is not None and answers_question(data, wait.question, wait.exact):
                self._end(wait, data)
                if entry not in self._open:
                    return

    def _fail(self, entry: _Socket, error: OSError) -> None:
        miss = Miss("no-way", f"{self._server.text}: {error.strerror or error}")
        for wait in tuple(entry.waiting.values()):
            self._end(wait, miss)

    def _expire(self) -> None:
        """Time out what is overdue. One timer serves all: one per query would cost more than the datagram."""
        self._sweep = self._loop.call_later(_TICK, self._expire) if self._in_flight else None
        now = time.monotonic()
        over = [wait for entry in self._open for wait in entry.waiting.values() if wait.deadline <= now]
        for wait in over:
            if wait.entry.waiting.get(wait.number) is wait:
                self._end(wait, self._silence())

    def _silence(self) -> Miss:
        return Miss("timeout", f"no answer from {self._server.text}")

    def _close(self, entry: _Socket) -> None:
        if entry in self._open:
            self._open.discard(entry)
            if entry in self._ready:
                self._ready.remove(entry)
            self._loop.remove_reader(entry.sock)
            entry.sock.close()

    def close(self) -> None:
        """Close all sockets. Queries in flight end without an answer."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for entry in tuple(self._open):
            if self._loop.is_closed():
                entry.sock.close()
                continue
            for wait in tuple(entry.waiting.values()):
                self._end(wait, self._silence())
            self._close(entry)
        if not self._loop.is_closed():
            self._deliver()
        self._open.clear()
        self._ready.clear()


def sockaddr(server: Nameserver) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    """Where to connect to. A link-local address needs the index of its interface (RFC 4007)."""
    found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
    return found[0][0], found[0][4]
