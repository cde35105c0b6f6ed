"""A mail server with a Maildir, whose policy is a function of the test."""

from __future__ import annotations

import contextlib
import email
import email.policy
import mailbox
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.listening import free_port

#: Maps the words in the subject (such as "forged From") to a reply, the name of a folder, or "" (dropped).
Policy = Callable[[str], str]


@dataclass
class InboundServer:
    """``policy`` may be replaced between runs. ``taken`` are the received messages."""

    folder: Path
    policy: Policy = lambda words: "INBOX"
    client: str = "198.51.100.7"
    taken: list[bytes] = field(default_factory=list)
    port: int = 0
    at_rcpt: str = ""  # the reply to RCPT TO once the control message is there

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt and self.taken:
            return self.at_rcpt
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = bytes(envelope.original_content or b"")
        self.taken.append(raw)
        message: Any = email.message_from_bytes(raw, policy=email.policy.compat32)
        words = str(message["Subject"]).partition(": ")[2].partition(" [")[0]
        where = self.policy(words)
        if where[:1].isdigit():
            return where
        trace = (
            f"Return-Path: <{envelope.mail_from}>\r\n"
            f"Received: from {session.host_name} (unknown [{self.client}])\r\n"
            "\tby mx.rcpt.example (Postfix) with ESMTP id 4XyZ;\r\n\tFri, 27 Nov 2026 00:00:00 +0000\r\n"
        )
        if where:
            box = mailbox.Maildir(self.folder)
            place: Any = box if where == "INBOX" else box.add_folder(where)
            place.add(trace.encode() + raw)
        return "250 2.0.0 Ok: queued as 4XyZ"


@contextlib.contextmanager
def inbound_server(folder: Path) -> Iterator[InboundServer]:
    """Create the Maildir and run the server until the block ends."""
    mailbox.Maildir(folder)
    server = InboundServer(folder)
    server.port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=server.port, ident="mx.rcpt.example ESMTP")
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
