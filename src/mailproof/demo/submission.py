"""The demo's submission server: AUTH over STARTTLS, DKIM signing, and handing on."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from mailproof.adapters.dkimpy import sign
from mailproof.demo.keys import DkimKey
from mailproof.demo.mailbox import Mailbox
from mailproof.demo.relay import Host, RelayRefused, relay
from mailproof.demo.scenarios import Scenario
from mailproof.demo.smtp_hop import SmtpHop


class SubmissionServer(SmtpHop):
    """Takes mail from ``user`` only, signs it, and relays it to ``next_hop`` as ``host``."""

    def __init__(
        self,
        host: Host,
        tls: ssl.SSLContext,
        scenario: Scenario,
        keys: tuple[DkimKey, ...],
        login: tuple[str, str],
        next_hop: Callable[[], Host],
        mailbox: Mailbox,
    ) -> None:
        super().__init__(host, tls, proxied=False)
        self.scenario, self.keys, self.login = scenario, keys, login
        self.next_hop, self.mailbox = next_hop, mailbox

    def options(self) -> dict[str, Any]:
        """AUTH is demanded, and only over TLS."""
        options: dict[str, Any] = {
            "authenticator": self._authenticate,
            "auth_required": True,
            "auth_require_tls": self.scenario.starttls,
        }
        if self.scenario.starttls:
            options.update(tls_context=self.tls, require_starttls=True)
        return options

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        given = (bytes(data.login).decode(), bytes(data.password).decode())
        if self.scenario.password_right and given == self.login:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Error: authentication failed")

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the recipient, unless the scenario refuses it (aiosmtpd hook)."""
        if self.scenario.refuse:
            return self.scenario.refuse
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Sign, answer, and hand on (aiosmtpd hook)."""
        content = self.received(server, session, envelope, authenticated=True) + envelope.content
        for key in self.keys:
            content = sign(content, key.selector, key.domain, key.private) + content
        self.later(self._hand_on(envelope.mail_from, envelope.rcpt_tos[0], content))
        return f"250 2.0.0 Ok: queued as {envelope.queue_id}"

    async def _hand_on(self, mail_from: str, rcpt_to: str, content: bytes) -> None:
        await asyncio.sleep(0.05)
        if self.scenario.fate == "lost":
            return
        if self.scenario.fate == "bounce":
            reason = "550 5.1.1 <probe@receiver.example>: no such user here"
            await self.mailbox.deliver(bounce(self.host, mail_from, rcpt_to, reason, content))
            return
        try:
            await relay(self.host, self.next_hop(), mail_from, rcpt_to, content)
        except RelayRefused as refused:
            await self.mailbox.deliver(bounce(self.host, mail_from, rcpt_to, str(refused), content))


def bounce(host: Host, mail_from: str, rcpt_to: str, reason: str, content: bytes) -> bytes:
    """A delivery status notification (RFC 3464) to the return path."""
    status = next((word for word in reason.split() if word.count(".") == 2), "5.0.0")
    report = EmailMessage()
    report["From"] = f"Mail Delivery System <MAILER-DAEMON@{host.name}>"
    report["To"] = mail_from
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(datetime.now(UTC))
    report["Message-ID"] = make_msgid(domain=host.name)
    report["Auto-Submitted"] = "auto-replied"
    boundary = "=_demo-bounce"
    head = content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    fields = report.as_bytes().decode().rstrip("\n").replace("\n", "\r\n")
    return (
        f"Return-Path: <>\r\n{fields}\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered: {reason}\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; {host.name}\r\n\r\n"
        f"Final-Recipient: rfc822; {rcpt_to}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Remote-MTA: dns; mx.receiver.example\r\nDiagnostic-Code: smtp; {reason}\r\n\r\n"
        f"--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n"
        f"--{boundary}--\r\n"
    ).encode()
