"""The opening of an SMTP conversation with a mail host, as far as STARTTLS (RFC 5321, RFC 3207)."""

from __future__ import annotations

from msgspec import Struct

from mailproof.facts.transport_options import TransportOptions
from mailproof.mail.connect import open_wire
from mailproof.mail.smtp_reply import Reply, ReplyError, own_name, read_reply
from mailproof.mail.wire import ConnectionEnded, Wire


class Line(Struct):
    """A connection with its time limit for one reply."""

    wire: Wire
    timeout: float
    greeting_more: float
    gone: bool = False
    waiting: bool = False

    async def greeting(self) -> Reply:
        """What the host says first. Raises as ``ask`` does."""
        self.waiting = True
        reply = await read_reply(self.wire, self.timeout, more=self.greeting_more)
        self.waiting = False
        return reply

    async def ask(self, command: str) -> Reply:
        """Send a command and read its reply. Raises ReplyError, ConnectionEnded, TimeoutError."""
        self.waiting = True
        await self.wire.write(command.encode("ascii") + b"\r\n", self.timeout)
        reply = await read_reply(self.wire, self.timeout)
        self.waiting = False
        return reply

    async def hello(self) -> Reply:
        """EHLO, under the machine's full name, or its address (RFC 5321 section 4.1.4)."""
        return await self.ask(f"EHLO {own_name(self.wire.local_address)}")

    async def drop(self) -> None:
        """Close without a word."""
        self.gone = True
        await self.wire.close()

    async def leave(self) -> None:
        """QUIT without waiting for more than a moment, and close; nothing where it is closed already.

        A host that owes a reply gets no QUIT: that would be one more wait for nothing.
        """
        if self.gone:
            return
        if not self.waiting:
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
    return Line(wire, options.reply_timeout, options.greeting_more)
