"""One connection to the listener: aiosmtpd with our own DATA, which keeps no more than is wanted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol

from aiosmtpd.smtp import SMTP, syntax

from mailproof.mail.mailboxes.catch import Catch, Incoming
from mailproof.mail.mailboxes.limits import (
    LISTENER_COMMANDS,
    LISTENER_SILENCE_S,
    MAX_CONNECTIONS,
    MAX_IN_FLIGHT,
    MAX_LINE,
    MAX_TAKEN,
    REPLIES_A_TURN,
)


class Usage:
    """What a listener's connections use at the moment, in total."""

    def __init__(self) -> None:
        self.connections = 0
        self.octets = 0


class Listener(Protocol):
    """The listener's interface to its connections."""

    catch: Catch
    usage: Usage

    def trace(self, peer: str, helo: str, mail_from: str, *, extended: bool) -> tuple[str, bytes]:
        """The queue id of the next message, and the trace fields a server prepends to it."""

    def arrived(self) -> None: ...


def session(mailbox: Listener, loop: asyncio.AbstractEventLoop) -> asyncio.Protocol:
    """Create the protocol for the next connection."""
    return RejectedConnection() if mailbox.usage.connections >= MAX_CONNECTIONS else Session(mailbox, loop)


class RejectedConnection(asyncio.Protocol):
    """Rejects a connection over the limit."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"421 4.3.2 mailproof listener: too many connections\r\n")
        transport.close()


class Session(SMTP):
    """An SMTP connection: see the module."""

    line_length_limit = MAX_LINE  # also the read buffer's size

    def __init__(self, mailbox: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self._mailbox = mailbox
        self._held = 0  # octets of the message in transfer
        super().__init__(
            mailbox,
            data_size_limit=MAX_TAKEN,
            enable_SMTPUTF8=True,
            hostname="mailproof.invalid",
            ident="mailproof listener",
            timeout=LISTENER_SILENCE_S,
            command_call_limit=LISTENER_COMMANDS,
            loop=loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._mailbox.usage.connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._mailbox.usage.connections -= 1
        super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        assert self.session is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        peer = self.session.peer[0] if self.session.peer else ""
        identifier, trace = self._mailbox.trace(
            peer,
            self.session.host_name or "",
            self.envelope.mail_from or "",
            extended=self.session.extended_smtp,
        )
        message = Incoming(self._mailbox.catch)
        message.feed(trace)
        try:
            refusal = await self._take(message)
        finally:
            self._mailbox.usage.octets -= self._held
            self._held = 0
        if not refusal:
            message.settle("listener", identifier, at=datetime.now(UTC), clock="listener")
            self._mailbox.arrived()
        self._set_post_data_state()  # type: ignore[no-untyped-call] # aiosmtpd has no type for it
        await self.push(refusal or f"250 2.0.0 OK: queued as {identifier}")

    async def _take(self, message: Incoming) -> str:
        """Read up to the final dot. Returns the refusal, "" if the message was accepted."""
        size, lines, begins = 0, 0, True
        refusal = ""
        while True:
            try:
                line = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as error:
                line = await self._reader.read(max(error.consumed, 1))
            if begins and line == b".\r\n":
                return refusal
            if begins and line.startswith(b"."):
                line = line[1:]
            begins = line.endswith(b"\r\n")
            size += len(line)
            lines += 1
            if size > MAX_TAKEN:
                refusal = "552 5.3.4 Error: too much mail data"
            elif self._mailbox.usage.octets > MAX_IN_FLIGHT:
                refusal = refusal or "452 4.3.1 Error: too much mail at a time"
            if refusal:
                message.data.clear()
            else:
                message.feed(line)
            self._mailbox.usage.octets += len(message.data) - self._held
            self._held = len(message.data)
            if lines % REPLIES_A_TURN == 0:
                self._reset_timeout()
                await asyncio.sleep(0)
