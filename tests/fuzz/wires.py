"""Servers that say whatever they like: the protocols' readers over octets in memory."""

from __future__ import annotations

import asyncio

from mailproof.config import RetrieveSettings
from mailproof.mail.enhanced_status import meaning
from mailproof.mail.http_exchange import Failed, exchange
from mailproof.mail.imap_protocol import ImapConnection
from mailproof.mail.imap_protocol import Refused as ImapRefused
from mailproof.mail.mailbox import MailboxError
from mailproof.mail.retrieve_imap import Folder, ImapMailbox
from mailproof.mail.retrieve_pop3 import Pop3Mailbox
from mailproof.mail.retrieve_pop3 import Refused as Pop3Refused
from mailproof.mail.senders.smtp_envelope import queue_id
from mailproof.mail.smtp_reply import ReplyError, parameters, read_reply
from mailproof.mail.wire import ConnectionEnded, Wire

LIMIT = 16_384


class _Nowhere:
    """A transport that swallows what is written."""

    def write(self, data: bytes) -> None:
        del data

    async def drain(self) -> None:
        return

    def close(self) -> None:
        return


def _reader(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LIMIT)
    reader.feed_data(data)
    reader.feed_eof()
    return reader


def _wire(data: bytes) -> Wire:
    return Wire(_reader(data), _Nowhere())  # type: ignore[arg-type] # nothing is written


def smtp(data: bytes) -> None:
    async def talk() -> None:
        wire = _wire(data)
        try:
            while True:
                reply = await read_reply(wire, 5)
                assert 200 <= reply.code <= 599
                meaning(reply.enhanced, reply.code, reply.text)
                queue_id(reply.text)
                assert len(reply.name) <= 255
                parameters(reply.extensions, "STARTTLS")
        except (ReplyError, ConnectionEnded):
            return

    asyncio.run(talk())


def imap(data: bytes) -> None:
    async def talk() -> None:
        mailbox = ImapMailbox(RetrieveSettings("imap"), None)
        wire = _wire(data)
        connection = ImapConnection(wire, 5)
        try:
            await connection.greet()
            await mailbox._list(connection)
            folder = Folder(b"INBOX", "INBOX", False, False)
            await mailbox._new_in(connection, folder, 1, folder, "mp-1")
        except (MailboxError, ImapRefused):
            return

    asyncio.run(talk())


def pop3(data: bytes) -> None:
    async def talk() -> None:
        mailbox = Pop3Mailbox(RetrieveSettings("pop3"), None)
        mailbox._wire = _wire(data)
        try:
            await mailbox._capabilities()
            await mailbox._listing()
            await mailbox._many("RETR 1")
        except (MailboxError, Pop3Refused):
            return

    asyncio.run(talk())


def http(data: bytes) -> None:
    async def talk() -> None:
        try:
            _, body = await exchange(_wire(data), "a.example", "/", 4096)
            assert len(body) <= 4096
        except Failed:
            return

    asyncio.run(talk())
