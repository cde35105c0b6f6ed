"""Hands a message from one demo host to the next over a real socket, under the host's pretended address.

The client address travels in a PROXY protocol header, as load balancers send it, so that the receiver sees
documentation addresses while all sockets are on loopback.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

from msgspec import Struct

from mailproof.tls_context import client_context

_TIME_LIMIT = 15.0


class Host(Struct, frozen=True):
    """A host of the demo's world: its name, the address it pretends to have, and its port on loopback."""

    name: str
    address: str
    port: int = 0


class RelayRefused(Exception):
    """The next host said no: its reply, code first."""


async def relay(sender: Host, to: Host, mail_from: str, rcpt_to: str, content: bytes) -> str:
    """Deliver ``content`` (CRLF lines) and return the server's last words. Raises RelayRefused."""
    async with asyncio.timeout(_TIME_LIMIT):
        reader, writer = await asyncio.open_connection("127.0.0.1", to.port)
        try:
            return await _talk(reader, writer, sender, to, mail_from, rcpt_to, content)
        finally:
            writer.close()
            with suppress(OSError, ssl.SSLError):
                await writer.wait_closed()


async def _talk(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    sender: Host,
    to: Host,
    mail_from: str,
    rcpt_to: str,
    content: bytes,
) -> str:
    async def command(line: str, *good: str) -> str:
        writer.write(line.encode() + b"\r\n")
        await writer.drain()
        return await _reply(reader, *good)

    writer.write(f"PROXY TCP4 {sender.address} {to.address} 40025 25\r\n".encode())
    await _reply(reader, "220")
    await command(f"EHLO {sender.name}", "250")
    await command("STARTTLS", "220")
    # Between mail servers TLS is opportunistic (RFC 7435): the demo's hosts do as real ones do.
    await writer.start_tls(client_context(verify=False), server_hostname=to.name)
    await command(f"EHLO {sender.name}", "250")
    await command(f"MAIL FROM:<{mail_from}>", "250")
    await command(f"RCPT TO:<{rcpt_to}>", "250", "251")
    await command("DATA", "354")
    stuffed = b"\r\n".join(b"." + line if line[:1] == b"." else line for line in content.split(b"\r\n"))
    writer.write(stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n")
    await writer.drain()
    accepted = await _reply(reader, "250")
    with suppress(RelayRefused, OSError, asyncio.IncompleteReadError):
        await command("QUIT", "221")
    return accepted


async def _reply(reader: asyncio.StreamReader, *good: str) -> str:
    lines = []
    while True:
        line = (await reader.readline()).decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            raise RelayRefused("421 4.4.2 the connection was closed")
        lines.append(line)
        if line[3:4] != "-":
            break
    if lines[-1][:3] not in good:
        raise RelayRefused(" ".join(lines))
    return lines[-1]
