"""The opening of an SMTP conversation with a mail host, as far as STARTTLS (RFC 5321, RFC 3207)."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from mailproof.facts.transport_options import TransportOptions
from mailproof.mail.connect import open_wire
from mailproof.mail.smtp_reply import Reply, read_reply
from mailproof.mail.wire import Wire
from mailproof.records.hostnames import is_full_name

MAX_EXTENSIONS = 50


@dataclass(slots=True)
class Line:
    """A connection with its time limit for one reply."""

    wire: Wire
    timeout: float
    gone: bool = False

    async def ask(self, command: str) -> Reply:
        """Send a command and read its reply. Raises ReplyError, ConnectionEnded, TimeoutError."""
        await self.wire.write(command.encode("ascii") + b"\r\n", self.timeout)
        return await read_reply(self.wire, self.timeout)

    async def hello(self) -> Reply:
        """EHLO, under the machine's full name, or its address (RFC 5321 section 4.1.4)."""
        return await self.ask(f"EHLO {own_name(self.wire.local_address)}")

    async def drop(self) -> None:
        """Close without a word."""
        self.gone = True
        await self.wire.close()

    async def leave(self) -> None:
        """QUIT without waiting for more than a moment, and close; nothing where it is closed already."""
        if self.gone:
            return
        from mailproof.mail.smtp_reply import ReplyError
        from mailproof.mail.wire import ConnectionEnded

        try:
            await self.wire.write(b"QUIT\r\n", 1.0)
            await read_reply(self.wire, 1.0)
        except (ReplyError, ConnectionEnded, TimeoutError):
            pass
        await self.wire.close()


async def call(address: str, options: TransportOptions) -> Line:
    """Connect. Raises Trouble."""
    target, port = options.route(address, options.port) if options.route else (address, options.port)
    wire, _ = await open_wire(target, port, timeout=options.connect_timeout)
    return Line(wire, options.reply_timeout)


def own_name(local_address: str) -> str:
    """What we call ourselves in EHLO."""
    name = socket.gethostname()
    if is_full_name(name) and not name.endswith((".local", ".localdomain", ".internal")):
        return name
    return f"[IPv6:{local_address}]" if ":" in local_address else f"[{local_address or '127.0.0.1'}]"


def extensions_of(reply: Reply) -> tuple[str, ...]:
    """What a server says it can do, as it says it."""
    return tuple(line.strip()[:200] for line in reply.lines[1 : MAX_EXTENSIONS + 1] if line.strip())


def offers_starttls(extensions: tuple[str, ...]) -> bool:
    """Whether STARTTLS is among the extensions."""
    return any(line.split()[0].upper() == "STARTTLS" for line in extensions)


def first_word(text: str) -> str:
    """The name at the beginning of a greeting or of a reply to EHLO."""
    words = text.split(maxsplit=1)
    return words[0][:255] if words else ""
