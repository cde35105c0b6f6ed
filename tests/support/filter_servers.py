"""A scripted spam filter on loopback: spamd's protocol, Rspamd's HTTP, or nonsense."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailproof.config import FilterSettings, RspamdSettings, SpamAssassinSettings
from tests.support.listening import listening

#: Bytes to reply, or a function of a request's head; b"" closes the connection silently.
Reply = bytes | Callable[[bytes], bytes]


@dataclass
class FilterServer:
    """``heads`` and ``bodies`` are the received requests."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def filter_server(
    reply: Reply,
    *,
    path: Path | None = None,
    hang: bool = False,
    eager: bool = False,
    ssl: Any = None,
    gate: asyncio.Barrier | None = None,
) -> AsyncIterator[FilterServer]:
    """Serve on 127.0.0.1, or on a socket path, until the block ends. ``hang``: read, but never reply.

    ``eager``: reply and close before reading anything. ``gate``: reply once enough clients are waiting.
    """
    server = FilterServer()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = b""
        if not eager:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            server.heads.append(head)
            server.bodies.append(await reader.readexactly(int(length[1])) if length else b"")
        if hang:
            return
        if gate is not None:
            await gate.wait()
        writer.write(reply(head) if callable(reply) else reply)
        await writer.drain()
        writer.close()

    async with listening(handle, path=path, ssl=ssl) as server.port:
        yield server


def spamd(body: str = "", verdict: str = "False ; 0.0 / 5.0") -> bytes:
    """A reply of spamd."""
    text = body.encode()
    return f"SPAMD/1.1 0 EX_OK\r\nContent-length: {len(text)}\r\nSpam: {verdict}\r\n\r\n".encode() + text


def rspamd(body: str | bytes, status: str = "200 OK", *fields: str) -> bytes:
    """A reply of Rspamd."""
    text = body.encode() if isinstance(body, str) else body
    head = (
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(text)}",
        "Content-Type: application/json",
        *fields,
        "",
        "",
    )
    return "\r\n".join(head).encode() + text


@dataclass(frozen=True)
class Scripted:
    """Settings for the running servers, and the standard address to show instead of each actual one."""

    settings: FilterSettings | None = None
    places: tuple[tuple[str, str], ...] = ()

    def steady(self, text: str) -> str:
        """The text with standard ports instead of the actual ones of this run."""
        for place, usual in self.places:
            text = text.replace(place, usual)
        return text


@asynccontextmanager
async def scripted_filters(folder: Path, which: str) -> AsyncIterator[Scripted]:
    """Run a filter that sends ``{which}.spamd`` (a whole reply) or ``{which}.rspamd`` (JSON), if any."""
    spamd_file, rspamd_file = folder / f"{which}.spamd", folder / f"{which}.rspamd"
    if spamd_file.exists():
        text = spamd_file.read_text().partition("\n\n")
        answer = (text[0].replace("\n", "\r\n") + "\r\n\r\n" + text[2]).encode()
        async with filter_server(answer) as server:
            settings = FilterSettings(spamassassin=SpamAssassinSettings("127.0.0.1", server.port))
            yield Scripted(settings, ((f"127.0.0.1:{server.port}", "127.0.0.1:783"),))
        return
    if rspamd_file.exists():
        async with filter_server(rspamd(rspamd_file.read_bytes())) as server:
            settings = FilterSettings(rspamd=RspamdSettings(f"http://127.0.0.1:{server.port}"))
            yield Scripted(settings, ((f"127.0.0.1:{server.port}", "127.0.0.1:11333"),))
        return
    yield Scripted()
