"""The demo's IMAP server over implicit TLS: the parts of RFC 3501, IDLE and UIDPLUS that a probe uses."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from contextlib import suppress

from mailproof.demo.mailbox import Folder, Mailbox, StoredMessage

CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS SPECIAL-USE AUTH=PLAIN"
_IDLE_LIMIT = 600.0
_MAX_LINE = 65536
_PARTIAL = re.compile(r"BODY\.PEEK\[\]<0\.(\d{1,9})>")


class ImapServer:
    """Serves one mailbox to one user on a free loopback port."""

    def __init__(self, mailbox: Mailbox, user: str, password: str, tls: ssl.SSLContext) -> None:
        self.mailbox, self.user, self.password, self.tls = mailbox, user, password, tls
        self.port = 0
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls, limit=_MAX_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._sessions:
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await _Session(self, reader, writer).run()
        finally:
            self._sessions.discard(task)
            writer.close()


class _Session:
    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.mailbox = server.mailbox
        self.logged_in = False
        self.folder = Folder("")

    async def run(self) -> None:
        await self.send(f"* OK [CAPABILITY {CAPABILITIES}] mailproof demo IMAP ready")
        while line := await self.line():
            tag, _, command = line.partition(" ")
            verb, _, arguments = command.removeprefix("UID ").partition(" ")
            if verb == "LOGOUT":
                await self.send("* BYE until next time")
                await self.send(f"{tag} OK done")
                return
            await self.send(f"{tag} {await self.perform(verb, arguments)}")

    async def line(self) -> str:
        return (await self.reader.readline()).decode("utf-8", "replace").rstrip("\r\n")

    async def send(self, line: str | bytes) -> None:
        self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        await self.writer.drain()

    async def perform(self, verb: str, arguments: str) -> str:
        """Execute a command; returns the tagged response without its tag."""
        if verb == "CAPABILITY":
            await self.send(f"* CAPABILITY {CAPABILITIES}")
        elif verb == "AUTHENTICATE":
            return await self.authenticate(arguments)
        elif not self.logged_in:
            return "NO log in first"
        elif verb == "NOOP":
            await self.announce()
        elif verb == "LIST":
            for folder in self.mailbox.folders.values():
                flags = f"\\HasNoChildren {folder.special_use}".strip()
                await self.send(f'* LIST ({flags}) "/" "{folder.name}"')
        elif verb in ("SELECT", "EXAMINE", "STATUS"):
            return await self.open(verb, arguments.split('"')[1])
        elif verb == "FETCH":
            await self.fetch(*arguments.split(" ", 1))
        elif verb == "STORE":
            for _, message in self.chosen(arguments.partition(" ")[0]):
                message.flags.add("\\Deleted")
        elif verb == "EXPUNGE":
            for number, message in reversed(self.chosen(arguments)):
                if "\\Deleted" in message.flags:
                    del self.folder.messages[number - 1]
                    await self.send(f"* {number} EXPUNGE")
        elif verb == "IDLE":
            await self.idle(self.folder)
        else:
            return "BAD unknown command"
        return "OK done"

    async def authenticate(self, mechanism: str) -> str:
        if mechanism != "PLAIN":
            return "NO only PLAIN"
        await self.send("+ ")
        parts = base64.b64decode(await self.line()).decode("utf-8", "replace").split("\0")
        if parts[1:] != [self.server.user, self.server.password]:
            return "NO [AUTHENTICATIONFAILED] wrong user or password"
        self.logged_in = True
        return f"OK [CAPABILITY {CAPABILITIES}] welcome"

    async def open(self, verb: str, name: str) -> str:
        folder = self.mailbox.folders.get(name)
        if folder is None:
            return "NO [NONEXISTENT] no such folder"
        count, following = len(folder.messages), folder.next_uid
        if verb == "STATUS":
            await self.send(f'* STATUS "{name}" (MESSAGES {count} UIDNEXT {following} UIDVALIDITY 1)')
            return "OK done"
        self.folder = folder
        await self.send("* FLAGS (\\Deleted)")
        await self.announce()
        await self.send("* OK [UIDVALIDITY 1] stable")
        await self.send(f"* OK [UIDNEXT {following}] next")
        return "OK [READ-WRITE] selected"

    async def announce(self) -> None:
        await self.send(f"* {len(self.folder.messages)} EXISTS")

    def chosen(self, uids: str) -> list[tuple[int, StoredMessage]]:
        """The messages for a UID set like ``7`` or ``7:9``, with their sequence numbers."""
        start, _, end = uids.partition(":")
        first, last = int(start), int(end or start)
        every = enumerate(self.folder.messages, 1)
        return [(number, message) for number, message in every if first <= message.uid <= last]

    async def fetch(self, uids: str, items: str) -> None:
        for number, message in self.chosen(uids):
            parts = [part for item in items.strip("()").split() if (part := _item(item, message))]
            await self.send(b"* %d FETCH (%s)" % (number, b" ".join(parts)))

    async def idle(self, folder: Folder) -> None:
        await self.send("+ idling")
        done = asyncio.ensure_future(self.reader.readline())
        try:
            while not done.done():
                known = len(folder.messages)
                bell = asyncio.ensure_future(self.wait_for_mail(folder, known))
                await asyncio.wait({done, bell}, timeout=_IDLE_LIMIT, return_when=asyncio.FIRST_COMPLETED)
                if bell.done():
                    await self.announce()
                bell.cancel()
                await asyncio.gather(bell, return_exceptions=True)
        finally:
            done.cancel()

    async def wait_for_mail(self, folder: Folder, known: int) -> None:
        async with self.mailbox.changed:
            await self.mailbox.changed.wait_for(lambda: len(folder.messages) != known)


def _item(item: str, message: StoredMessage) -> bytes:
    """A data item of a FETCH response; empty for unsupported items."""
    if item == "UID":
        return b"UID %d" % message.uid
    if item == "RFC822.SIZE":
        return b"RFC822.SIZE %d" % len(message.raw)
    if item == "INTERNALDATE":
        return b'INTERNALDATE "%s"' % message.received.strftime("%d-%b-%Y %H:%M:%S +0000").encode()
    if item == "BODY.PEEK[HEADER]":
        return b"BODY[HEADER] " + _literal(message.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    if item == "BODY.PEEK[]":
        return b"BODY[] " + _literal(message.raw)
    part = _PARTIAL.fullmatch(item)
    return b"BODY[]<0> " + _literal(message.raw[: int(part[1])]) if part is not None else b""


def _literal(raw: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(raw), raw)
