"""Servers that send arbitrary data: the protocol readers over octets in memory."""

from __future__ import annotations

import asyncio

from mailproof.config import RetrieveSettings
from mailproof.config.settings import Mechanism
from mailproof.credentials import Secret
from mailproof.mail.enhanced_status import meaning
from mailproof.mail.http_exchange import Failed, exchange
from mailproof.mail.imap_protocol import ImapConnection
from mailproof.mail.mailbox import Arrival, MailboxError
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.mailboxes.conversation import Conversation
from mailproof.mail.mailboxes.limits import MAX_BOUNCE, MAX_FOLDERS, MAX_HEADER, MAX_LINE, MAX_PROBE
from mailproof.mail.retrieve_imap import Candidate, Folder, ImapMailbox
from mailproof.mail.retrieve_pop3 import Pop3Mailbox
from mailproof.mail.sasl import Login
from mailproof.mail.senders.smtp_envelope import queue_id
from mailproof.mail.session import Refused
from mailproof.mail.smtp_reply import ReplyError, parameters, read_reply
from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.structs import replace

LIMIT = 16_384
INBOX = Folder(b"INBOX", "INBOX", False, False)


class _Nowhere:
    """A transport that discards what is written."""

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


MECHANISMS: tuple[Mechanism, ...] = ("SCRAM-SHA-256", "CRAM-MD5", "PLAIN")
LOGIN = Login("user", password=Secret("pencil"))


def imap(data: bytes) -> None:
    """A whole session; the first octet selects the login's outcome. All bounds must hold."""
    settings = RetrieveSettings(allow_plaintext_auth=True)
    chosen = (data[:1] or b"\0")[0] % (len(MECHANISMS) + 2)

    async def talk() -> None:
        catch = Catch("mp-1")
        mailbox = ImapMailbox(settings, None, catch)
        connection = mailbox._imap = ImapConnection(_wire(data[1:]), 5)
        try:
            await connection.greet()
            if chosen:
                await connection.login(LOGIN, MECHANISMS[chosen - 2] if chosen > 1 else None)
            await mailbox._list(connection)
            await mailbox.look()
            await mailbox._read_new(connection, INBOX, 1)
            await mailbox._fetch(connection, INBOX, Candidate(1, 0, MAX_BOUNCE, ()))
            await connection.idle(0.01)
            await mailbox.remove(Arrival(b"", "INBOX", "494e424f58 1"))
        except (MailboxError, Refused):
            pass
        assert all(len(folder.raw) <= MAX_LINE for folder in mailbox._watched.values())
        assert len(mailbox._watched) <= MAX_FOLDERS
        _kept(catch)

    asyncio.run(talk())


def pop3(data: bytes) -> None:
    """As ``imap``."""
    settings = RetrieveSettings(kind="pop3", allow_plaintext_auth=True)
    chosen = (data[:1] or b"\0")[0] % (len(MECHANISMS) + 2)
    mechanism = MECHANISMS[chosen - 2] if chosen > 1 else None

    async def talk() -> None:
        catch = Catch("mp-1")
        mailbox = Pop3Mailbox(replace(settings, mechanism=mechanism), None, catch)
        mailbox._talk = Conversation(_wire(data[1:]), 5)
        try:
            await mailbox._status()
            offered = await mailbox._capabilities()
            if chosen:
                await mailbox._log_in(LOGIN, offered)
            for number, identifier in (await mailbox._listing())[:3]:
                await mailbox._sizes()
                header = await mailbox._header(number)
                assert header is None or len(header) <= MAX_HEADER
                await mailbox._fetch(number, identifier, MAX_BOUNCE)
                await mailbox._fetch(number, identifier, MAX_PROBE)
        except (MailboxError, Refused):
            pass
        _kept(catch)

    asyncio.run(talk())


def _kept(catch: Catch) -> None:
    assert catch.probe is None or b"mp-1" in catch.probe.raw
    assert catch.bounce is None or catch.bounce.recipient or catch.bounce.action


def http(data: bytes) -> None:
    async def talk() -> None:
        try:
            _, body = await exchange(_wire(data), "a.example", "/", 4096)
            assert len(body) <= 4096
        except Failed:
            return

    asyncio.run(talk())
