"""A scripted HTTPS server on loopback, however wrong its responses."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from mailproof.facts.transport_options import TransportOptions
from tests.support.listening import listening
from tests.support.tls import Authority

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class HttpsServer:
    """``requests`` are the received heads, ``answers`` the responses by path."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)


@asynccontextmanager
async def https_server(context: ssl.SSLContext, answers: dict[str, Answer]) -> AsyncIterator[HttpsServer]:
    """Serve on 127.0.0.1 until the block ends. ``*`` matches all other paths."""
    server = HttpsServer(answers=answers)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        server.requests.append(head)
        path = head.split(b" ")[1].decode()
        await server.answers.get(path, server.answers.get("*", status(404)))(writer)
        writer.close()

    async with listening(handle, ssl=context) as server.port:
        yield server


def to(port: int, authority: Authority, timeout: float = 3.0) -> TransportOptions:
    """Options to fetch from a local server on this port, whatever port the URL has."""
    return TransportOptions(
        allowed=("127.0.0.0/8", "::1/128"),
        ca_file=authority.ca_file,
        route=lambda address, _: (address, port),
        fetch_timeout=timeout,
    )


def raw(*pieces: bytes, pause: float = 0.0) -> Answer:
    """These bytes, with a pause after each piece."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def torn(*pieces: bytes) -> Answer:
    """These bytes, and an end without TLS's close_notify, which anyone could have caused."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.writelines(pieces)
        await writer.drain()
        writer.transport.abort()

    return answer


def page(body: bytes, media_type: str = "text/plain", extra: str = "") -> Answer:
    """A proper response with status 200."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return raw(head.encode() + body)


def status(code: int, extra: str = "") -> Answer:
    """A response without content."""
    return raw(f"HTTP/1.1 {code} Said\r\n{extra}Content-Length: 0\r\n\r\n".encode())


def endless(head: bytes = b"HTTP/1.1 200 OK\r\n\r\n", piece: bytes = b"x" * 65536) -> Answer:
    """Endless content, as fast as the client reads."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # yields, so that a lost connection is noticed

    return answer


def bomb(megabytes: int) -> Answer:
    """Zeros, compressed a thousandfold."""
    return page(gzip.compress(bytes(megabytes << 20), 4), extra="Content-Encoding: gzip\r\n")
