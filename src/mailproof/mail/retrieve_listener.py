"""A small SMTP server of our own as a mailbox."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime
from email.utils import format_datetime

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.mailbox import Arrival, MailboxError
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.mailboxes.listening import Usage, session
from mailproof.model import TlsFacts
from mailproof.printable import address_literal, clean


class ListenerMailbox:
    """Accepts mail for any recipient while open, and keeps what the catch wants.

    Like every receiving server, it prepends a Received field and the Return-Path.
    """

    tls: TlsFacts | None = None

    def __init__(self, settings: RetrieveSettings, catch: Catch) -> None:
        self._host = settings.host or "127.0.0.1"
        self._port = settings.effective_port
        self.catch = catch
        self.usage = Usage()
        self._server: asyncio.Server | None = None
        self._numbers = itertools.count(1)
        self._arrived = asyncio.Event()
        self.folders: tuple[str, ...] = ("listener",)

    @property
    def port(self) -> int:
        if self._server is None or not self._server.sockets:
            return self._port
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: session(self, loop), self._host, self._port)
        except OSError as error:
            reason = error.strerror or str(error)
            raise MailboxError("connect", f"cannot listen on {self._host}:{self._port}: {reason}") from None

    def trace(self, peer: str, helo: str, mail_from: str, *, extended: bool) -> tuple[str, bytes]:
        """The queue id of the next message, and the trace fields to prepend to it."""
        identifier = f"L{next(self._numbers):06d}"
        with_ = "ESMTP" if extended else "SMTP"
        trace = (
            f"Return-Path: <{clean(mail_from)}>\r\n"
            f"Received: from {clean(helo or 'unknown')} ({address_literal(peer)})\r\n"
            f"\tby mailproof.invalid with {with_} id {identifier};\r\n"
            f"\t{format_datetime(datetime.now(UTC))}\r\n"
        )
        return identifier, trace.encode("utf-8")

    def arrived(self) -> None:
        self._arrived.set()

    async def look(self, *, everywhere: bool = True) -> None:
        """Messages are already in the catch."""
        self._arrived.clear()

    async def wait(self, seconds: float) -> None:
        """Wait until a message arrives."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return

    async def remove(self, arrival: Arrival) -> None:
        """Nothing is stored."""

    async def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
