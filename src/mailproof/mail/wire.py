"""A line-based connection over TCP that can start TLS at any point.

TLS runs over memory buffers, so that plain text received before TLS can be detected and refused (STARTTLS
injection), a server that responds in plain text on a TLS port can be quoted, and implicit TLS and STARTTLS
share one code path. Everything read is bounded.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeVar

from mailproof.closing import abort

CHUNK = 65_536
T = TypeVar("T")


class ConnectionEnded(Exception):
    """The peer closed the connection (or it broke)."""


class ConnectionClosed(ConnectionEnded):
    """It was closed properly: over TLS with close_notify, so that nothing was truncated."""


class TooMuch(Exception):
    """The peer sent more than the limit."""


@contextmanager
def _ending() -> Iterator[None]:
    """Turn errors of the socket into ConnectionEnded."""
    try:
        yield
    except OSError as error:
        raise ConnectionEnded(str(error)) from error


class Wire:
    """One connection. Reads and writes take a time limit in seconds; TimeoutError propagates."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._plain = bytearray()
        self.tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.first_bytes = b""  # received when the TLS handshake was expected

    @property
    def encrypted(self) -> bool:
        return self.tls is not None

    @property
    def local_address(self) -> str:
        name = self._writer.get_extra_info("sockname")
        return str(name[0]) if name else ""

    @property
    def peer_address(self) -> str:
        """The peer's address; "" over a Unix socket."""
        name = self._writer.get_extra_info("peername")
        return str(name[0]) if name else ""

    @property
    def pending(self) -> bytes:
        """Data received but not yet read."""
        return bytes(self._plain)

    def discard_pending(self) -> None:
        self._plain.clear()

    async def read_line(self, limit: int, timeout: float) -> bytes:
        """A line without its CRLF (or bare LF). Raises TooMuch over ``limit`` octets, ConnectionEnded."""
        async with asyncio.timeout(timeout):
            searched = 0
            while True:
                at = self._plain.find(b"\n", searched)
                if at >= 0:
                    if at > limit:
                        raise TooMuch(f"a line of more than {limit} octets")
                    line = bytes(self._plain[:at])
                    del self._plain[: at + 1]
                    return line.removesuffix(b"\r")
                searched = len(self._plain)
                if searched > limit:
                    raise TooMuch(f"a line of more than {limit} octets")
                await self._fill()

    async def read_some(self, limit: int, timeout: float) -> bytes:
        """The next data: one to ``limit`` octets."""
        if not self._plain:
            async with asyncio.timeout(timeout):
                await self._fill()
        data = bytes(self._plain[:limit])
        del self._plain[:limit]
        return data

    def unread(self, data: bytes) -> None:
        """Put back data that was read too far."""
        self._plain[:0] = data

    async def read(self) -> bytes:
        """The next data, b"" at a clean end. Raises ConnectionEnded at any other; has no time limit."""
        if not self._plain:
            try:
                await self._fill()
            except ConnectionClosed:
                return b""
        data = bytes(self._plain)
        self._plain.clear()
        return data

    async def write(self, data: bytes, timeout: float | None) -> None:
        async with asyncio.timeout(timeout):
            if self.tls is None:
                await self._send(data)
                return
            view = memoryview(data)
            for start in range(0, len(view), CHUNK):
                await self._write_tls(view[start : start + CHUNK])

    async def flush(self, timeout: float) -> None:
        """Wait until all written data is flushed."""
        self._writer.transport.set_write_buffer_limits(high=0)
        async with asyncio.timeout(timeout):
            with _ending():
                await self._writer.drain()

    async def start_tls(self, context: ssl.SSLContext, server_hostname: str | None, timeout: float) -> None:
        """Perform the handshake. Raises ssl.SSLError (see ``first_bytes``), ConnectionEnded, TimeoutError."""
        session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)
        async with asyncio.timeout(timeout):
            while True:
                try:
                    session.do_handshake()
                except ssl.SSLWantReadError:
                    await self._flush()
                    raw = await self._receive()
                    self.first_bytes = self.first_bytes or raw[:200]
                    self._incoming.write(raw)
                except ssl.SSLError:
                    with suppress(ConnectionEnded):
                        await self._flush()  # sends the alert, which gives the server the reason
                    raise
                else:
                    break
            await self._flush()
        self.tls = session

    def finish(self) -> None:
        """Signal to a server without TLS that we send no more."""
        if self._writer.can_write_eof():
            self._writer.write_eof()

    def abort(self) -> None:
        """Drop the connection; buffered data is lost."""
        abort(self._writer.transport)

    async def close(self) -> None:
        """Close immediately; never raises for what the peer does."""
        if isinstance(sys.exception(), GeneratorExit):  # the event loop is closed, nothing will run
            return
        self._writer.close()
        with suppress(OSError):  # TimeoutError is one
            async with asyncio.timeout(0.5):
                await self._writer.wait_closed()

    async def _fill(self) -> None:
        if self.tls is None:
            self._plain += await self._receive()
            return
        data = await self._over_tls(partial(self.tls.read, CHUNK))
        if not data:
            raise ConnectionClosed("closed by the server")
        self._plain += data

    async def _write_tls(self, data: memoryview) -> None:
        assert self.tls is not None
        while data:
            data = data[await self._over_tls(partial(self.tls.write, data)) :]
        await self._flush()

    async def _over_tls(self, step: Callable[[], T]) -> T:
        """Read or write over TLS, fed with what the peer sends until it is enough."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                await self._flush()
                self._incoming.write(await self._receive())
            except ssl.SSLError as error:
                raise ConnectionEnded(f"TLS: {error.reason or error}") from error

    async def _flush(self) -> None:
        if data := self._outgoing.read():
            await self._send(data)

    async def _send(self, data: bytes) -> None:
        with _ending():
            self._writer.write(data)
            await self._writer.drain()

    async def _receive(self) -> bytes:
        with _ending():
            data = await self._reader.read(CHUNK)
        if not data:
            ended = ConnectionClosed if self.tls is None else ConnectionEnded
            raise ended("closed by the server")
        return data
