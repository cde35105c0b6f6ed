"""A mailing list and a forwarder, the two ways in which legitimate mail loses authentication in transit.

`friends@` adds a footer and a subject tag and replaces the envelope sender (SPF passes for the list, the body
hash breaks); `forward@` changes nothing, not even the envelope sender (SPF breaks, DKIM survives).
"""

from __future__ import annotations

import email
import email.policy
import email.utils
import smtplib
import ssl
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.lab import world
from tests.lab.context import Context, Daemon
from tests.lab.lab import CA_BUNDLE

TAG = "[friends]"
FOOTER = "\r\n-- \r\nfriends mailing list, friends-leave@lists.test\r\n"


def daemons(context: Context) -> Iterator[Daemon]:
    """The relay, using the test environment's aiosmtpd."""
    argv = (context.python, "-m", "tests.lab.servers.listserver", world.LISTS.ip, world.MX_INBOX.name)
    yield Daemon("listserver", world.host_of(world.LISTS), argv, ((world.LISTS.ip, 25),))


class Relay:
    """aiosmtpd handler: accepts the two addresses, relays at once, and passes on the next hop's reply."""

    def __init__(self, exchanger: str) -> None:
        """`exchanger` is the name of the next hop."""
        self._exchanger = exchanger

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept only the known addresses."""
        if address not in (world.LIST_ADDRESS, world.FORWARD_ADDRESS):
            return "550 5.1.1 no such list"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Relay the message synchronously: only one probe arrives at a time."""
        content = envelope.original_content or b""
        sender = envelope.mail_from or ""
        if world.LIST_ADDRESS in envelope.rcpt_tos:
            content, sender = tagged(content), f"friends-bounces@{world.RELAY_DOMAIN}"
        peer = session.peer[0] if session.peer else ""
        received = (
            f"Received: from {session.host_name} ([{peer}])\r\n\tby {world.LISTS.name} with ESMTP;"
            f"\r\n\t{email.utils.formatdate(time.time())}\r\n"
        )
        try:
            with smtplib.SMTP(
                self._exchanger,
                25,
                local_hostname=world.LISTS.name,
                timeout=20,
                source_address=(world.LISTS.ip, 0),
            ) as client:
                client.starttls(context=ssl.create_default_context(cafile=CA_BUNDLE))
                client.sendmail(sender, [world.RELAY_TARGET], received.encode() + content)
        except (smtplib.SMTPException, OSError) as error:
            return f"451 4.4.0 next hop: {type(error).__name__}"
        return "250 2.0.0 handed on"


def tagged(content: bytes) -> bytes:
    """The message as a mailing list redistributes it: subject tag, List-Id, footer in each text part."""
    message = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    subject = str(message["Subject"] or "")
    del message["Subject"]
    message["Subject"] = f"{TAG} {subject}"
    message["List-Id"] = "<friends.lists.test>"
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            part.set_content(part.get_content().rstrip("\r\n") + "\r\n" + FOOTER, cte="quoted-printable")
    return message.as_bytes()


def main(ip: str, exchanger: str) -> None:
    """Serve until the laboratory ends."""
    import asyncio

    async def serve() -> None:
        controller = UnthreadedController(
            Relay(exchanger), hostname=ip, port=25, server_hostname=world.LISTS.name, loop=loop
        )
        await loop.create_server(controller.factory, ip, 25)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(serve())
    loop.run_forever()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
