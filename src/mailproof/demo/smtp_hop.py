"""What all SMTP servers of the demo share: TLS, the PROXY header, the Received field they add."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from mailproof.demo.relay import Host

#: The names that the demo's hosts find for each other's addresses.
NAMES = {
    "192.0.2.25": "mail.acme.example",
    "198.51.100.50": "mta.esp.example",
    "198.51.100.9": "lists.club.example",
    "198.51.100.7": "fwd.university.example",
}


class SmtpHop(ABC):
    """An SMTP server (aiosmtpd) in this event loop, on a free port of loopback."""

    def __init__(self, host: Host, tls: ssl.SSLContext, *, proxied: bool = True) -> None:
        self.host, self.tls, self.proxied = host, tls, proxied
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Bind; ``host.port`` is known from then on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", 0)
        self.host = Host(self.host.name, self.host.address, self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the port and end what is still under way."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def later(self, work: Any) -> None:
        """Go on with a delivery after the client was answered."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def options(self) -> dict[str, Any]:
        """More options for aiosmtpd's SMTP."""
        return {"tls_context": self.tls}

    def _protocol(self) -> Any:
        from aiosmtpd.smtp import SMTP

        return SMTP(
            self,
            hostname=self.host.name,
            ident="ESMTP mailproof demo",
            enable_SMTPUTF8=True,
            proxy_protocol_timeout=5.0 if self.proxied else None,
            loop=asyncio.get_running_loop(),
            **self.options(),
        )

    async def handle_PROXY(self, server: Any, _session: Any, _envelope: Any, proxy_data: Any) -> bool:
        """Take any well-formed PROXY header (aiosmtpd hook)."""
        # Kept on the connection: aiosmtpd begins a new session, without it, at STARTTLS.
        server.pretended_address = str(proxy_data.src_addr)
        return bool(proxy_data.valid)

    @abstractmethod
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take or refuse a message (aiosmtpd hook)."""

    def client_address(self, server: Any) -> str:
        """The client's address, from the PROXY header."""
        return str(getattr(server, "pretended_address", "127.0.0.1"))

    def received(self, server: Any, session: Any, envelope: Any, *, authenticated: bool = False) -> bytes:
        """The Received field for a message that just came in (RFC 5321 section 4.4)."""
        address = self.client_address(server)
        if authenticated:
            address = "192.0.2.99"  # the user's own machine, beyond the submission server
        helo = session.host_name or "unknown"
        cipher = session.ssl.get("cipher") if session.ssl else None
        tls = (
            f"\r\n\t(using {cipher[1]} with cipher {cipher[0]} ({cipher[2]}/{cipher[2]} bits))"
            if cipher
            else ""
        )
        protocol = "ESMTP" + ("S" if cipher else "") + ("A" if authenticated else "")
        queue_id = secrets.token_hex(5).upper()
        envelope.queue_id = queue_id
        return (
            f"Received: from {helo} ({NAMES.get(address, 'unknown')} [{address}]){tls}\r\n"
            f"\tby {self.host.name} (mailproof demo) with {protocol} id {queue_id}\r\n"
            f"\tfor <{envelope.rcpt_tos[0]}>; {format_datetime(datetime.now(UTC))}\r\n"
        ).encode()
