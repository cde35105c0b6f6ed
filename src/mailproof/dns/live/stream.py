"""Queries over TCP and TLS (RFC 7766, RFC 7858), on a few shared connections."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, cast

from mailproof.closing import abort
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import Nameserver
from mailproof.dns.live.packet import answers_question

if TYPE_CHECKING:
    import ssl

_CONNECT_LIMIT = 10.0  # seconds
_SILENCE = 1.0  # seconds

Wait = tuple[bytes, "asyncio.Future[bytes | None]"]


class _Connection(asyncio.Protocol):
    """One connection: length-prefixed messages, replies in any order."""

    def __init__(self) -> None:
        self.waiting: dict[int, Wait] = {}
        self.taken = 0
        self.heard = 0
        self.used = False
        self.closed = False
        self.opening: asyncio.Task[None] | None = None
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= 2:
            end = start + 2 + (buffer[start] << 8 | buffer[start + 1])
            if len(buffer) < end:
                break
            self.heard += 1
            self._take(bytes(buffer[start + 2 : end]))
            start = end
        del buffer[:start]

    def _take(self, message: bytes) -> None:
        wait = self.waiting.get(int.from_bytes(message[:2])) if len(message) >= 12 else None
        if wait is not None and not wait[1].done() and answers_question(message, wait[0]):
            wait[1].set_result(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        for _, future in self.waiting.values():
            if not future.done():
                future.set_result(None)

    def drop(self) -> None:
        self.closed = True
        if self.transport is not None:
            abort(self.transport)

    def close(self) -> None:
        if self.opening is not None and not self.opening.done():
            self.opening.cancel()
        self.drop()


class StreamPool:
    """Up to ``connections`` connections to one server, with up to ``depth`` queries in flight on each."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        server: Nameserver,
        *,
        connections: int,
        depth: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._loop = loop
        self._server = server
        self._depth = depth
        self._tls = tls
        self._kind = "TLS" if tls else "TCP"
        self._slots = asyncio.Semaphore(connections * depth)
        self._connections: list[_Connection] = []

    async def ask(self, query: bytes, question: bytes, timeout: float) -> bytes | Miss:
        """Send ``query`` (without id) and wait for its reply, up to ``timeout`` seconds.

        If the server has closed a connection that was kept open, the query is sent again on a new one.
        """
        deadline = self._loop.time() + timeout
        try:
            async with asyncio.timeout_at(deadline), self._slots:
                while True:
                    connection = self._pick()
                    kept = connection.used
                    connection.taken += 1
                    try:
                        reply = await self._ask(connection, query, question)
                    finally:
                        connection.taken -= 1
                    if reply is not None:
                        return reply
                    if not kept:
                        return Miss("no-way", f"{self._server.text} closed the connection")
        except TimeoutError:
            return Miss("timeout", f"no answer from {self._server.text} over {self._kind}")
        except OSError as error:
            return Miss("no-way", f"{self._server.text} over {self._kind}: {_explain(error)}")

    async def _ask(self, connection: _Connection, query: bytes, question: bytes) -> bytes | None:
        if connection.opening is None:
            connection.opening = self._loop.create_task(self._connect(connection))
            connection.opening.add_done_callback(_retrieve)
        try:
            await asyncio.shield(connection.opening)
        except asyncio.CancelledError:
            if connection.closed and not _cancelling():
                return None
            raise
        connection.used = True
        if connection.closed or connection.transport is None:
            return None
        number = int.from_bytes(os.urandom(2))
        while number in connection.waiting:
            number = int.from_bytes(os.urandom(2))
        future: asyncio.Future[bytes | None] = self._loop.create_future()
        connection.waiting[number] = (question, future)
        heard, since = connection.heard, self._loop.time()
        try:
            message = number.to_bytes(2) + query
            connection.transport.write(len(message).to_bytes(2) + message)
            return await future
        finally:
            connection.waiting.pop(number, None)
            if not future.done() or future.cancelled():
                # Unanswered: silent for a while, the connection is most likely dead. With one question at a
                # time it is not reused either, so that the late reply does not hold up the next question.
                silent = connection.heard == heard and self._loop.time() - since >= _SILENCE
                if silent or self._depth == 1:
                    connection.drop()

    def _pick(self) -> _Connection:
        self._connections = [c for c in self._connections if not c.closed]
        for connection in self._connections:
            if connection.taken < self._depth:
                return connection
        connection = _Connection()
        self._connections.append(connection)
        return connection

    async def _connect(self, connection: _Connection) -> None:
        try:
            async with asyncio.timeout(_CONNECT_LIMIT):
                await self._loop.create_connection(
                    lambda: connection,
                    self._server.host,
                    self._server.port,
                    ssl=self._tls,
                    server_hostname=self._server.tls_name if self._tls else None,
                )
        except BaseException:
            connection.drop()
            raise

    def close(self) -> None:
        """Close all connections. Queries in flight end without an answer."""
        for connection in self._connections:
            connection.close()
        self._connections = []


def _retrieve(task: asyncio.Task[None]) -> None:
    """Retrieve the task's exception, so that asyncio does not log it when no one awaits the task any more."""
    if not task.cancelled():
        task.exception()


def _cancelling() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _explain(error: OSError) -> str:
    """The reason without OpenSSL's source lines."""
    verify = getattr(error, "verify_message", "")
    if verify:
        return f"its certificate cannot be verified: {verify}"
    reason = getattr(error, "reason", "") or error.strerror or error
    # asyncio repeats the address instead of giving the reason.
    return os.strerror(error.errno) if error.errno and str(reason).startswith("Connect call") else str(reason)
