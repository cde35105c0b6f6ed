"""A small IMAP4rev1 server with IDLE over implicit TLS: as much of RFC 3501 as reading mail needs."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from contextlib import suppress

from mailproof.demo.imap_search import matches
from mailproof.demo.imap_text import in_set, literal, quoted, tokens
from mailproof.demo.mailbox import Folder, Mailbox, StoredMessage

CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS SPECIAL-USE LITERAL+ AUTH=PLAIN"
_IDLE_LIMIT = 600.0
_MAX_LINE = 65536


class ImapServer:
    """Serves one mailbox to one user on a free port of loopback."""

    def __init__(self, mailbox: Mailbox, user: str, password: str, tls: ssl.SSLContext) -> None:
        self.mailbox, self.user, self.password, self.tls = mailbox, user, password, tls
        self.port = 0
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Bind."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls, limit=_MAX_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and all sessions."""
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
        self.folder: Folder | None = None

    async def run(self) -> None:
        await self.send(f"* OK [CAPABILITY {CAPABILITIES}] mailproof demo IMAP ready")
        while True:
            line = await self.read_command()
            if not line:
                return
            tag, _, rest = line.partition(" ")
            verb, _, arguments = rest.partition(" ")
            verb = verb.upper()
            if verb == "UID":
                sub, _, arguments = arguments.partition(" ")
                verb = f"UID {sub.upper()}"
            if verb == "LOGOUT":
                await self.send("* BYE until next time")
                await self.send(f"{tag} OK done")
                return
            await self.send(f"{tag} {await self.perform(tag, verb, arguments)}")

    async def read_command(self) -> str:
        """A command line with its literals put in as quoted strings."""
        line = (await self.reader.readline()).decode("utf-8", "replace").rstrip("\r\n")
        while line.endswith("}") and "{" in line:
            head, _, size = line[:-1].rpartition("{")
            if not size.endswith("+"):
                await self.send("+ go on")
            raw = await self.reader.readexactly(min(int(size.rstrip("+")), _MAX_LINE))
            following = (await self.reader.readline()).decode("utf-8", "replace").rstrip("\r\n")
            line = head + quoted(raw.decode("utf-8", "replace")) + following
        return line

    async def send(self, line: str | bytes) -> None:
        self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        await self.writer.drain()

    async def perform(self, tag: str, verb: str, arguments: str) -> str:
        """Carry out one command; the tagged reply without the tag."""
        if verb == "CAPABILITY":
            await self.send(f"* CAPABILITY {CAPABILITIES}")
            return "OK done"
        if verb in ("NOOP", "CHECK"):
            await self.announce()
            return "OK done"
        if verb == "LOGIN":
            words = tokens(arguments)
            return self.log_in(*words[:2]) if len(words) >= 2 else "BAD LOGIN user password"
        if verb == "AUTHENTICATE":
            return await self.authenticate(arguments)
        if not self.logged_in:
            return "NO log in first"
        return await self.perform_logged_in(verb, arguments)

    async def perform_logged_in(self, verb: str, arguments: str) -> str:
        if verb in ("LIST", "LSUB"):
            for folder in self.mailbox.folders.values():
                flags = f"\\HasNoChildren {folder.special_use}".strip()
                await self.send(f'* {verb} ({flags}) "/" {quoted(folder.name)}')
            return "OK done"
        if verb in ("SELECT", "EXAMINE"):
            return await self.select(arguments)
        if verb == "STATUS":
            return await self.status(arguments)
        if self.folder is None:
            return "NO select a folder first"
        return await self.perform_selected(self.folder, verb, arguments)

    async def perform_selected(self, folder: Folder, verb: str, arguments: str) -> str:
        if verb in ("SEARCH", "UID SEARCH"):
            return await self.search(folder, arguments, uid=verb.startswith("UID"))
        if verb in ("FETCH", "UID FETCH"):
            return await self.fetch(folder, arguments, uid=verb.startswith("UID"))
        if verb in ("STORE", "UID STORE"):
            return await self.store(folder, arguments, uid=verb.startswith("UID"))
        if verb in ("EXPUNGE", "UID EXPUNGE", "CLOSE"):
            return await self.expunge(folder, arguments if verb == "UID EXPUNGE" else "", verb != "CLOSE")
        if verb == "UNSELECT":
            self.folder = None
            return "OK done"
        if verb == "IDLE":
            return await self.idle(folder)
        return "BAD unknown command"

    def log_in(self, user: str, password: str) -> str:
        if (user, password) != (self.server.user, self.server.password):
            return "NO [AUTHENTICATIONFAILED] wrong user or password"
        self.logged_in = True
        return f"OK [CAPABILITY {CAPABILITIES}] welcome"

    async def authenticate(self, arguments: str) -> str:
        mechanism, _, initial = arguments.partition(" ")
        if mechanism.upper() != "PLAIN":
            return "NO only PLAIN"
        if not initial:
            await self.send("+ ")
            initial = (await self.reader.readline()).decode("ascii", "replace").strip()
        parts = base64.b64decode(initial).decode("utf-8", "replace").split("\0")
        return self.log_in(parts[1], parts[2]) if len(parts) == 3 else "BAD malformed"

    async def select(self, arguments: str) -> str:
        name = next(iter(tokens(arguments)), "")
        folder = self.mailbox.folders.get("INBOX" if name.upper() == "INBOX" else name)
        if folder is None:
            return "NO [NONEXISTENT] no such folder"
        self.folder = folder
        await self.send("* FLAGS (\\Seen \\Deleted \\Answered \\Flagged)")
        await self.announce()
        await self.send("* 0 RECENT")
        await self.send("* OK [UIDVALIDITY 1] stable")
        await self.send(f"* OK [UIDNEXT {folder.next_uid}] next")
        return "OK [READ-WRITE] selected"

    async def announce(self) -> None:
        if self.folder is not None:
            await self.send(f"* {len(self.folder.messages)} EXISTS")

    async def status(self, arguments: str) -> str:
        name = next(iter(tokens(arguments)), "")
        folder = self.mailbox.folders.get(name)
        if folder is None:
            return "NO no such folder"
        count, following = len(folder.messages), folder.next_uid
        await self.send(f"* STATUS {quoted(name)} (MESSAGES {count} UIDNEXT {following} UIDVALIDITY 1)")
        return "OK done"

    async def search(self, folder: Folder, arguments: str, *, uid: bool) -> str:
        keys = tokens(arguments)
        found = [
            str(message.uid if uid else number)
            for number, message in enumerate(folder.messages, 1)
            if matches(keys, message, number, folder)
        ]
        await self.send(" ".join(["* SEARCH", *found]))
        return "OK done"

    def chosen(self, folder: Folder, spec: str, uid: bool) -> list[tuple[int, StoredMessage]]:
        highest = folder.next_uid - 1 if uid else len(folder.messages)
        return [
            (number, message)
            for number, message in enumerate(folder.messages, 1)
            if in_set(spec, message.uid if uid else number, highest)
        ]

    async def fetch(self, folder: Folder, arguments: str, *, uid: bool) -> str:
        spec, _, wanted = arguments.partition(" ")
        items = [word for word in tokens(wanted) if word not in "()"]
        for number, message in self.chosen(folder, spec, uid):
            parts: list[bytes] = [b"UID %d" % message.uid] if uid or "UID" in items else []
            parts += [part for item in items if (part := _item(item.upper(), wanted, message))]
            await self.send(b"* %d FETCH (%s)" % (number, b" ".join(parts)))
        return "OK done"

    async def store(self, folder: Folder, arguments: str, *, uid: bool) -> str:
        spec, _, rest = arguments.partition(" ")
        action, _, flags = rest.partition(" ")
        names = {word for word in tokens(flags) if word not in "()"}
        for number, message in self.chosen(folder, spec, uid):
            if action.startswith("-"):
                message.flags -= names
            elif action.startswith("+"):
                message.flags |= names
            else:
                message.flags = set(names)
            if "SILENT" not in action.upper():
                await self.send(f"* {number} FETCH (FLAGS ({' '.join(sorted(message.flags))}))")
        return "OK done"

    async def expunge(self, folder: Folder, spec: str, tell: bool) -> str:
        highest = folder.next_uid - 1
        for number in range(len(folder.messages), 0, -1):
            message = folder.messages[number - 1]
            if "\\Deleted" in message.flags and (not spec or in_set(spec, message.uid, highest)):
                del folder.messages[number - 1]
                if tell:
                    await self.send(f"* {number} EXPUNGE")
        return "OK done"

    async def idle(self, folder: Folder) -> str:
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
        return "OK done"

    async def wait_for_mail(self, folder: Folder, known: int) -> None:
        async with self.mailbox.changed:
            await self.mailbox.changed.wait_for(lambda: len(folder.messages) != known)


def _item(item: str, wanted: str, message: StoredMessage) -> bytes:
    """One data item of a FETCH reply; nothing for what is not known here."""
    if item == "FLAGS":
        return b"FLAGS (%s)" % " ".join(sorted(message.flags)).encode()
    if item == "RFC822.SIZE":
        return b"RFC822.SIZE %d" % len(message.raw)
    if item == "INTERNALDATE":
        return b'INTERNALDATE "%s"' % message.received.strftime("%d-%b-%Y %H:%M:%S +0000").encode()
    if item in ("RFC822", "BODY[]", "BODY.PEEK[]"):
        if item != "BODY.PEEK[]":
            message.flags.add("\\Seen")
        return (b"RFC822 " if item == "RFC822" else b"BODY[] ") + literal(message.raw)
    if (part := re.fullmatch(r"BODY\.PEEK\[\]<0\.(\d{1,9})>", item)) is not None:
        return b"BODY[]<0> " + literal(message.raw[: int(part[1])])
    head = message.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    if item in ("BODY[HEADER]", "BODY.PEEK[HEADER]", "RFC822.HEADER"):
        return b"BODY[HEADER] " + literal(head)
    if item.startswith(("BODY[HEADER.FIELDS", "BODY.PEEK[HEADER.FIELDS")):
        names = {name.strip("()").lower() for name in item.partition("[")[2].rstrip("]").split()[1:]}
        return b"BODY" + item[item.index("[") :].encode() + b" " + literal(_only(head, names))
    return b""


def _only(head: bytes, names: set[str]) -> bytes:
    kept, keep = [], False
    for line in head.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            keep = line.partition(b":")[0].decode("latin-1").lower() in names
        if keep and line:
            kept.append(line + b"\r\n")
    return b"".join(kept) + b"\r\n"
