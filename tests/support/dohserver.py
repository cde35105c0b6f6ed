"""A DNS-over-HTTPS server on loopback (HTTP/2) for tests."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import h2.config
import h2.connection
import h2.events

from mailproof.closing import abort


@dataclass(frozen=True)
class Response:
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/dns-message"),)


@dataclass
class DohServer:
    """``respond`` receives the body of each POST. ``requests`` are the received headers."""

    respond: Callable[[bytes], Response]
    tls: ssl.SSLContext
    port: int = 0
    connections: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.sleep(0.01)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/dns-query"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        bodies: dict[int, bytearray] = {}
        waiting: dict[int, bytes] = {}
        writer.write(connection.data_to_send())
        try:
            while data := await reader.read(65536):
                for event in connection.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        names = {_text(k): _text(v) for k, v in event.headers}
                        self.requests.append(names)
                        bodies[event.stream_id] = bytearray()
                    elif isinstance(event, h2.events.DataReceived):
                        bodies[event.stream_id] += event.data
                    elif isinstance(event, h2.events.StreamEnded):
                        response = self.respond(bytes(bodies.pop(event.stream_id)))
                        headers = ((":status", str(response.status)), *response.headers)
                        connection.send_headers(event.stream_id, headers)
                        waiting[event.stream_id] = response.body
                    elif isinstance(event, h2.events.StreamReset | h2.events.ConnectionTerminated):
                        waiting.pop(getattr(event, "stream_id", 0) or 0, None)
                for stream in tuple(waiting):
                    self._send(connection, stream, waiting)
                writer.write(connection.data_to_send())
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            abort(writer.transport)

    def _send(self, connection: h2.connection.H2Connection, stream: int, waiting: dict[int, bytes]) -> None:
        while True:
            room = min(connection.local_flow_control_window(stream), connection.max_outbound_frame_size)
            body = waiting[stream]
            last = len(body) <= room
            if not last and room <= 0:
                return
            connection.send_data(stream, body[:room], end_stream=last)
            waiting[stream] = body[room:]
            if last:
                del waiting[stream]
                return


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
