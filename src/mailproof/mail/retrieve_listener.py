"""A small SMTP server of our own as the place of arrival."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.mailbox import Arrival, MailboxError, worth_fetching
from mailproof.model import TlsFacts
from mailproof.printable import clean

MAX_STORED = 100
MAX_SIZE = 32 * 1024 * 1024


class ListenerMailbox:
    """Takes any mail for any recipient while it is open, and keeps the last hundred.

    Like every receiving server it writes a Received field and the Return-Path on top.
    """

    tls: TlsFacts | None = None

    def __init__(self, settings: RetrieveSettings) -> None:
        self._host = settings.host or "127.0.0.1"
        self._port = settings.effective_port
        self._server: asyncio.Server | None = None
        self._stored: dict[str, bytes] = {}
        self._numbers = itertools.count(1)
        self._arrived = asyncio.Event()
        self.folders: tuple[str, ...] = ("listener",)

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None or not self._server.sockets:
            return self._port
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        """Listen."""
        if self._server is not None:
            return
        from aiosmtpd.smtp import SMTP

        loop = asyncio.get_running_loop()

        def session() -> Any:
            return SMTP(
                self,
                data_size_limit=MAX_SIZE,
                enable_SMTPUTF8=True,
                hostname="mailproof.invalid",
                ident="mailproof listener",
                loop=loop,
            )

        try:
            self._server = await loop.create_server(session, self._host, self._port)
        except OSError as error:
            reason = error.strerror or str(error)
            raise MailboxError("connect", f"cannot listen on {self._host}:{self._port}: {reason}") from None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by aiosmtpd with a whole message."""
        number = next(self._numbers)
        peer = session.peer[0] if session.peer else ""
        by, identifier = "mailproof.invalid", f"L{number:06d}"
        with_ = "ESMTP" if session.extended_smtp else "SMTP"
        trace = (
            f"Return-Path: <{clean(envelope.mail_from or '')}>\r\n"
            f"Received: from {clean(session.host_name or 'unknown')} ([{_literal(peer)}])\r\n"
            f"\tby {by} with {with_} id {identifier};\r\n"
            f"\t{format_datetime(datetime.now(UTC))}\r\n"
        )
        content = envelope.original_content or b""
        while len(self._stored) >= MAX_STORED:
            self._stored.pop(next(iter(self._stored)))
        self._stored[identifier] = trace.encode("utf-8") + content
        self._arrived.set()
        return f"250 2.0.0 OK: queued as {identifier}"

    async def look(self, token: str) -> list[Arrival]:
        """What came so far that may be ours."""
        self._arrived.clear()
        return [
            Arrival(raw, "listener", key)
            for key, raw in self._stored.items()
            if worth_fetching(raw[: 256 * 1024], token)
        ]

    async def wait(self, seconds: float) -> None:
        """Until a message comes."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return

    async def remove(self, arrival: Arrival) -> None:
        """Forget it."""
        self._stored.pop(arrival.handle, None)

    async def close(self) -> None:
        """Stop listening."""
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _literal(address: str) -> str:
    return f"IPv6:{address}" if ":" in address else address
