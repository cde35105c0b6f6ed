"""An HTTP(S) server on loopback that answers like a provider's API, and records the requests."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.listening import listening


@dataclass
class Asked:
    """A received request, with field names in lower case."""

    method: str
    target: str
    fields: dict[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Reply:
    """A response: ``body`` is sent as JSON unless it is bytes."""

    status: int = 200
    body: object = b""
    fields: Mapping[str, str] = field(default_factory=dict)
    pieces: Sequence[bytes] = ()
    pause: float = 0.0

    def octets(self) -> bytes:
        """The serialized response."""
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"{name}: {value}" for name, value in {"Content-Length": len(body), **self.fields}.items()]
        return "\r\n".join((f"HTTP/1.1 {self.status} Said", *lines, "", "")).encode() + body


@dataclass
class ApiServer:
    """``asked`` are the requests; ``replies`` are the responses in order, the last of which repeats."""

    port: int = 0
    scheme: str = "https"
    asked: list[Asked] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    #: Called with each request before it is answered.
    deliver: Callable[[Asked], None] | None = None

    @property
    def url(self) -> str:
        """The base URL."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def will(self, *replies: Reply) -> None:
        """Clear the recorded requests, and set the responses."""
        self.asked.clear()
        self.replies[:] = replies


@asynccontextmanager
async def api_server(context: ssl.SSLContext | None = None) -> AsyncIterator[ApiServer]:
    """Serve on 127.0.0.1 until the block ends; without TLS if there is no context."""
    server = ApiServer(scheme="https" if context else "http")

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        fields = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        server.asked.append(Asked(method, target, fields, body))
        if server.deliver is not None:
            await asyncio.to_thread(server.deliver, server.asked[-1])
        reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
        for piece in reply.pieces or (reply.octets(),):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(reply.pause)
        writer.close()

    async with listening(handle, ssl=context) as server.port:
        yield server
