"""The demo's mail hosts after the submission server: a mailing list, a forwarder, the receiver.

Hosts pass a message on by a function call, as if over SMTP with TLS: only the fields that a host adds and the
changes that it makes are simulated.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Protocol

from msgspec import Struct

from mailproof.demo.mailbox import Mailbox
from mailproof.dns import MemoResolver, Resolver
from mailproof.facts.message import MessageOptions, collect_message
from mailproof.model import MessageFacts

FOOTER = b"\r\n_______________________________________________\r\nclub mailing list\r\nhttps://lists.club.example/\r\n"
#: Name, protocol and bits, as Python names a cipher.
Cipher = tuple[str, str, int]
_CIPHER = ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256)


class Host(Struct, frozen=True):
    """A host of the demo: its name and its pretended address."""

    name: str
    address: str


class Hop(Protocol):
    """A host that accepts messages."""

    async def accept(self, client: Host, mail_from: str, recipient: str, content: bytes) -> None:
        """Accept a message (CRLF lines) from ``client`` and process it."""


def received(
    host: Host, client: str, recipient: str, cipher: Cipher | None = _CIPHER, *, authenticated: bool = False
) -> tuple[str, bytes]:
    """A queue id, and the Received field with it (RFC 5321 section 4.4). ``client`` follows "from"."""
    tls = (
        f"\r\n\t(using {cipher[1]} with cipher {cipher[0]} ({cipher[2]}/{cipher[2]} bits))" if cipher else ""
    )
    protocol = "ESMTP" + ("S" if cipher else "") + ("A" if authenticated else "")
    queue_id = secrets.token_hex(5).upper()
    field = (
        f"Received: from {client}{tls}\r\n"
        f"\tby {host.name} (mailproof demo) with {protocol} id {queue_id}\r\n"
        f"\tfor <{recipient}>; {format_datetime(datetime.now(UTC))}\r\n"
    )
    return queue_id, field.encode()


def _from(client: Host) -> str:
    return f"{client.name} ({client.name} [{client.address}])"


class Forwarder:
    """An alias at a university: keeps the return path and does not change the message."""

    def __init__(self, host: Host, receiver: Hop, recipient: str) -> None:
        self.host, self.receiver, self.recipient = host, receiver, recipient

    async def accept(self, client: Host, mail_from: str, recipient: str, content: bytes) -> None:
        _, field = received(self.host, _from(client), recipient)
        await self.receiver.accept(self.host, mail_from, self.recipient, field + content)


class MailingList(Forwarder):
    """A list that tags the subject and adds a footer, as most did before DMARC, and receives the bounces."""

    async def accept(self, client: Host, mail_from: str, recipient: str, content: bytes) -> None:
        tagged = re.sub(rb"(?im)^subject: ", b"Subject: [club] ", content, count=1)
        head, gap, body = tagged.partition(b"\r\n\r\n")
        changed = (
            b"List-Id: <club.lists.club.example>\r\n" + head + gap + body.rstrip(b"\r\n") + b"\r\n" + FOOTER
        )
        await super().accept(client, "club-bounces@lists.club.example", recipient, changed)


class Receiver:
    """Verifies messages, adds Authentication-Results, and delivers everything into ``folder``.

    A real receiver would apply the DMARC policy; this one delivers regardless, to show the message.
    """

    def __init__(self, host: Host, resolver: Resolver, mailbox: Mailbox, folder: str) -> None:
        self.host, self.resolver, self.mailbox, self.folder = host, resolver, mailbox, folder

    async def accept(self, client: Host, mail_from: str, recipient: str, content: bytes) -> None:
        _, field = received(self.host, _from(client), recipient)
        known = MessageOptions(client.address, client.name, mail_from, self.host.name)
        facts = await collect_message(
            field + content, MemoResolver(self.resolver), known, now=datetime.now(UTC)
        )
        head = f"Return-Path: <{mail_from}>\r\n{authentication_results(self.host.name, facts)}"
        await self.mailbox.deliver(head.encode() + field + content, self.folder)


def authentication_results(authserv_id: str, facts: MessageFacts) -> str:
    """The header field with the results (RFC 8601 section 2.2), including the final CRLF."""
    parts = []
    if facts.spf is not None:
        identity = "smtp.helo" if facts.spf.scope == "helo" else "smtp.mailfrom"
        value = facts.envelope.mail_from or facts.envelope.helo
        parts.append(f"spf={facts.spf.result} {identity}={value}")
    for verdict in facts.dkim:
        reason = f' reason="{verdict.code}"' if verdict.result != "pass" and verdict.code else ""
        parts.append(f"dkim={verdict.result}{reason} header.d={verdict.domain} header.s={verdict.selector}")
    if not facts.dkim:
        parts.append("dkim=none")
    if facts.dmarc is not None:
        policy = f" (p={facts.dmarc.policy})" if facts.dmarc.policy else ""
        parts.append(f"dmarc={facts.dmarc.result}{policy} header.from={facts.dmarc.domain}")
    return f"Authentication-Results: {authserv_id};\r\n\t" + ";\r\n\t".join(parts) + "\r\n"
