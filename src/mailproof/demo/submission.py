"""The demo's submission server: AUTH over STARTTLS, DKIM signing, relaying."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from email.utils import format_datetime, make_msgid
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from mailproof.adapters.dkimpy import sign
from mailproof.demo.hosts import Hop, Host, received
from mailproof.demo.keys import DkimKey
from mailproof.demo.mailbox import Mailbox
from mailproof.demo.scenarios import Scenario

#: The address of the user's machine.
_USER_ADDRESS = "192.0.2.99"


class SubmissionServer:
    """Accepts mail from a single user (aiosmtpd, in this event loop), signs it, relays it to ``next_hop``."""

    def __init__(
        self,
        host: Host,
        tls: ssl.SSLContext,
        scenario: Scenario,
        keys: tuple[DkimKey, ...],
        login: tuple[str, str],
        next_hop: Hop,
        mailbox: Mailbox,
    ) -> None:
        self.host, self.tls, self.scenario, self.keys, self.login = host, tls, scenario, keys, login
        self.next_hop, self.mailbox = next_hop, mailbox
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _protocol(self) -> Any:
        """Create the protocol, which requires AUTH over TLS."""
        secured = self.scenario.starttls
        return SMTP(
            self,
            hostname=self.host.name,
            ident="ESMTP mailproof demo",
            enable_SMTPUTF8=True,
            authenticator=self._authenticate,
            auth_required=True,
            auth_require_tls=secured,
            tls_context=self.tls if secured else None,
            require_starttls=secured,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        given = (bytes(data.login).decode(), bytes(data.password).decode())
        if self.scenario.password_right and given == self.login:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Error: authentication failed")

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept the recipient unless the scenario refuses it (aiosmtpd hook)."""
        if self.scenario.refuse:
            return self.scenario.refuse
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Sign, reply, and relay in the background (aiosmtpd hook)."""
        mail_from, recipient = envelope.mail_from, envelope.rcpt_tos[0]
        client = f"{session.host_name or 'unknown'} (unknown [{_USER_ADDRESS}])"
        cipher = session.ssl.get("cipher") if session.ssl else None
        queue_id, field = received(self.host, client, recipient, cipher, authenticated=True)
        content = field + envelope.content
        for key in self.keys:
            content = sign(content, key.selector, key.domain, key.private) + content
        task = asyncio.ensure_future(self._relay(mail_from, recipient, content))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return f"250 2.0.0 Ok: queued as {queue_id}"

    async def _relay(self, mail_from: str, recipient: str, content: bytes) -> None:
        await asyncio.sleep(0.05)
        if self.scenario.fate == "bounce":
            await self.mailbox.deliver(bounce(self.host, mail_from, recipient, content))
        elif self.scenario.fate != "lost":
            await self.next_hop.accept(self.host, mail_from, recipient, content)


def bounce(host: Host, mail_from: str, recipient: str, content: bytes) -> bytes:
    """A delivery status notification (RFC 3464) to the return path."""
    reason = "550 5.1.1 <probe@receiver.example>: no such user here"
    boundary = "=_demo-bounce"
    head = content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    return (
        f"Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@{host.name}>\r\nTo: {mail_from}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nDate: {format_datetime(datetime.now(UTC))}\r\n"
        f"Message-ID: {make_msgid(domain=host.name)}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered: {reason}\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; {host.name}\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"Remote-MTA: dns; mx.receiver.example\r\nDiagnostic-Code: smtp; {reason}\r\n\r\n"
        f"--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n"
        f"--{boundary}--\r\n"
    ).encode()
