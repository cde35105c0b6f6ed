"""A small HTTP server for ``/metrics`` and ``/healthz``: one request per connection, all bounded."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import h11

from mailproof.errors import UsageError
from mailproof.monitor.limits import CONNECTIONS, REQUEST_HEAD, REQUEST_S
from mailproof.monitor.metrics import CONTENT_TYPE
from mailproof.printable import host_port

_PLAIN = "text/plain; charset=utf-8"


class MetricsServer:
    """Serves the result of ``metrics``; ``healthy`` says whether checks run on time."""

    def __init__(self, metrics: Callable[[], str], healthy: Callable[[], bool]) -> None:
        self._metrics, self._healthy = metrics, healthy
        self._server: asyncio.Server | None = None
        self._open = 0
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Start listening. Raises UsageError if that is not possible."""
        try:
            self._server = await asyncio.start_server(self._serve, host, port, limit=REQUEST_HEAD)
        except (OSError, UnicodeError) as error:
            number = getattr(error, "errno", None) or 0  # asyncio's message repeats the address
            reason = os.strerror(number) if number > 0 else getattr(error, "strerror", None) or error
            raise UsageError(f"cannot listen on {host_port(host, port)}: {reason}") from None
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= CONNECTIONS:
                async with asyncio.timeout(REQUEST_S):
                    await self._answer(reader, writer)
        except (TimeoutError, OSError, h11.ProtocolError):
            pass
        finally:
            self._open -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=REQUEST_HEAD)
        try:
            request = await _request(connection, reader)
            status, kind, text = (400, _PLAIN, "bad request\n") if request is None else self._found(request)
        except h11.RemoteProtocolError as error:
            request, status, kind, text = None, error.error_status_hint, _PLAIN, "bad request\n"
        payload = text.encode()
        headers = [("Content-Type", kind), ("Content-Length", str(len(payload))), ("Connection", "close")]
        if status == 405:
            headers.append(("Allow", "GET, HEAD"))
        response = h11.Response(status_code=status, headers=headers)
        raw = connection.send(response) or b""
        if request is None or request.method != b"HEAD":
            raw += connection.send(h11.Data(data=payload)) or b""
        writer.write(raw)
        await writer.drain()

    def _found(self, request: h11.Request) -> tuple[int, str, str]:
        """Status, media type and body of the response."""
        path = bytes(request.target).partition(b"?")[0]
        if path not in (b"/metrics", b"/healthz"):
            return 404, _PLAIN, "not found: /metrics and /healthz are here\n"
        if request.method not in (b"GET", b"HEAD"):
            return 405, _PLAIN, "GET only\n"
        if path == b"/metrics":
            return 200, CONTENT_TYPE, self._metrics()
        return (200, _PLAIN, "ok\n") if self._healthy() else (503, _PLAIN, "checks are overdue\n")


async def _request(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Request | None:
    """Parse the head of the request; a body is not read. None if the connection ended."""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(4096))
        else:
            return event if isinstance(event, h11.Request) else None
