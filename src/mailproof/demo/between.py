"""Hosts between sender and receiver: a mailing list and a forwarder."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from typing import Any

from mailproof.demo.relay import Host, RelayRefused, relay
from mailproof.demo.smtp_hop import SmtpHop

FOOTER = b"\r\n_______________________________________________\r\nclub mailing list\r\nhttps://lists.club.example/\r\n"


class _Between(SmtpHop):
    """Takes anything and hands it on to ``next_hop`` for ``recipient``."""

    def __init__(self, host: Host, tls: ssl.SSLContext, next_hop: Callable[[], Host], recipient: str) -> None:
        super().__init__(host, tls)
        self.next_hop, self.recipient = next_hop, recipient

    def return_path(self, mail_from: str) -> str:
        """The return path that the host hands on."""
        return mail_from

    def change(self, content: bytes) -> bytes:
        """What the host does to the message."""
        return content

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Hand on at once, and answer as the next host did (aiosmtpd hook)."""
        content = self.received(server, session, envelope) + self.change(envelope.content)
        try:
            await relay(
                self.host, self.next_hop(), self.return_path(envelope.mail_from), self.recipient, content
            )
        except RelayRefused as refused:
            return str(refused)
        return f"250 2.0.0 Ok: queued as {envelope.queue_id}"


class Forwarder(_Between):
    """An alias at a university: keeps the return path and does not touch the message."""


class MailingList(_Between):
    """A list that tags the subject and adds a footer, as most did before DMARC."""

    def return_path(self, mail_from: str) -> str:
        """The list's own, so that bounces come to it."""
        return "club-bounces@lists.club.example"

    def change(self, content: bytes) -> bytes:
        """Tag the subject, add List-Id, and put a footer into each text part."""
        tagged = re.sub(rb"(?im)^subject: ", b"Subject: [club] ", content, count=1)
        head, gap, body = tagged.partition(b"\r\n\r\n")
        return (
            b"List-Id: <club.lists.club.example>\r\n" + head + gap + body.rstrip(b"\r\n") + b"\r\n" + FOOTER
        )
