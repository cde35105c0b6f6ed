"""A loopback listener that closes its connections with it, and free ports."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from ssl import SSLContext

from mailproof.closing import abort

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 on which nothing listens.

    It is below the range in which the system picks ports for the connections and servers of other tests.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket(socket.AF_INET, kind) as unused, suppress(OSError):
            unused.bind(("127.0.0.1", port))
            return port


@asynccontextmanager
async def listening(
    handle: Handle, *, path: Path | None = None, ssl: SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve on 127.0.0.1, or on a socket path, until the block ends. Yields the port (0 for a path).

    Disconnecting clients are not errors. Connections that ``handle`` leaves open stay open until the end.
    """
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):  # ssl.SSLError is an OSError
            await handle(reader, writer)

    port = 0
    if path is not None:
        listener = await asyncio.start_unix_server(serve, path)
    else:
        listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=ssl)
        port = listener.sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        listener.close()
        for writer in writers:
            abort(writer.transport)
        await asyncio.sleep(0)
