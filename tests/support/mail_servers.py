"""Small scripted mail servers on real loopback sockets. Each is an asynchronous context manager."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Where = Literal["at_mail", "at_rcpt", "at_data"]
Talk = Callable[["Peer"], Awaitable[None]]


class Peer:
    """A client connection from the server's perspective; ``start_tls`` upgrades it in place."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.heard: list[str] = []

    async def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self) -> str:
        line = await self.reader.readline()
        if not line:
            raise ConnectionError("gone")
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        self.heard.append(text)
        return text

    async def exactly(self, count: int) -> bytes:
        return await self.reader.readexactly(count)

    async def start_tls(self, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        transport = self.writer.transport
        protocol = transport.get_protocol()
        upgraded = await loop.start_tls(transport, protocol, context, server_side=True)
        if upgraded is None:
            raise ConnectionError("gone")
        self.reader._transport = upgraded  # type: ignore[attr-defined]  # private, with no public alternative
        self.writer = asyncio.StreamWriter(upgraded, protocol, self.reader, loop)


@contextlib.asynccontextmanager
async def talking(talk: Talk, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Listen, and handle each connection with ``talk``. Yields the port."""
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await talk(Peer(reader, writer))
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class Store:
    """The messages that a submission server accepted, and its scripted behaviour."""

    messages: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    at_mail: list[str] = field(default_factory=list)
    at_rcpt: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    on_message: Callable[[Envelope], Any] | None = None

    @classmethod
    def refusing(cls, where: Where, reply: str) -> Store:
        """A store that sends this reply once, to this command."""
        store = cls()
        {"at_mail": store.at_mail, "at_rcpt": store.at_rcpt, "at_data": store.at_data}[where].append(reply)
        return store

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_mail:
            return self.at_mail.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt:
            return self.at_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.at_data:
            return self.at_data.pop(0)
        self.messages.append(envelope)
        if self.on_message is not None:
            result = self.on_message(envelope)
            if asyncio.iscoroutine(result):
                await result
        return "250 2.0.0 Ok: queued as 4XyZ123"


@contextlib.asynccontextmanager
async def submission_server(
    store: Store,
    *,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    password: str | None = None,
    **options: Any,
) -> AsyncIterator[int]:
    """Run aiosmtpd with STARTTLS (or implicit TLS) and AUTH PLAIN and LOGIN. Yields the port."""
    loop = asyncio.get_running_loop()

    def authenticator(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        store.logins.append(mechanism)
        right = password is not None and data.password == password.encode()
        return AuthResult(success=right, handled=False)

    def session() -> SMTP:
        with warnings.catch_warnings():  # aiosmtpd warns about AUTH without TLS, which some tests need
            warnings.simplefilter("ignore", UserWarning)
            return server_protocol()

    def server_protocol() -> SMTP:
        return SMTP(
            store,
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=authenticator if password is not None else None,
            auth_required=password is not None,
            auth_require_tls=not implicit and tls is not None,
            hostname="smtp.acme.example",
            enable_SMTPUTF8=options.get("utf8", True),
            loop=loop,
        )

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls if implicit else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@dataclass
class ImapFolder:
    """A folder of ``ImapStore``: its flags, and its messages by UID."""

    flags: str = ""
    messages: dict[int, bytes] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    next_uid: int = 1
    deleted: set[int] = field(default_factory=set)
    dates: dict[int, str] = field(default_factory=dict)  # INTERNALDATE, if any

    def add(self, raw: bytes, labels: str = "", date: str = "") -> None:
        self.messages[self.next_uid] = raw
        if date:
            self.dates[self.next_uid] = date
        self.labels[self.next_uid] = labels
        self.next_uid += 1


@dataclass
class ImapStore:
    """The account and behaviour of a tiny IMAP server. ``talk`` handles a connection."""

    folders: dict[str, ImapFolder] = field(default_factory=lambda: {"INBOX": ImapFolder()})
    password: str = "pw"
    capabilities: str = "IMAP4rev1 IDLE UIDPLUS"
    tls: ssl.SSLContext | None = None
    commands: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    idling: asyncio.Event = field(default_factory=asyncio.Event)
    drop_after: int = 0
    tabs: dict[int, str] = field(default_factory=dict)  # Gmail's category:… by UID

    def deliver(self, raw: bytes, folder: str = "INBOX", labels: str = "", date: str = "") -> None:
        self.folders[folder].add(raw, labels, date)
        self.changed.set()

    async def talk(self, peer: Peer) -> None:
        await peer.say(f"* OK [CAPABILITY {self.capabilities}] ready")
        selected = ""
        while True:
            line = await peer.hear()
            self.commands.append(line)
            if self.drop_after and len(self.commands) == self.drop_after:
                return
            tag, _, rest = line.partition(" ")
            verb = rest.split()[0].upper()
            if verb == "CAPABILITY":
                await peer.say(f"* CAPABILITY {self.capabilities}", f"{tag} OK")
            elif verb == "STARTTLS":
                assert self.tls is not None
                await peer.say(f"{tag} OK go")
                await peer.start_tls(self.tls)
            elif verb == "LOGIN":
                await self._login(peer, tag, line)
            elif verb == "LIST":
                rows = [f'* LIST ({f.flags}) "/" "{name}"' for name, f in self.folders.items()]
                await peer.say(*rows, f"{tag} OK")
            elif verb == "STATUS":
                name = rest.split('"')[1]
                uid = self.folders[name].next_uid
                await peer.say(f'* STATUS "{name}" (UIDNEXT {uid} UIDVALIDITY 7)', f"{tag} OK")
            elif verb in ("EXAMINE", "SELECT"):
                selected = rest.split('"')[1]
                await peer.say(f"* {len(self.folders[selected].messages)} EXISTS", f"{tag} OK")
            elif verb == "IDLE":
                await peer.say("+ idling")
                self.idling.set()
                await self._idle(peer, tag)
            elif verb == "UID":
                await self._uid(peer, tag, rest.split(), self.folders[selected])
            else:
                await peer.say(f"{tag} OK")

    async def _login(self, peer: Peer, tag: str, line: str) -> None:
        parts: list[bytes] = []
        while len(parts) < 2:
            size = int(line.rstrip("}").rpartition("{")[2])
            await peer.say("+ go")
            parts.append(await peer.exactly(size))
            line = await peer.hear()
        good = parts[1].decode() == self.password
        await peer.say(f"{tag} OK in" if good else f"{tag} NO [AUTHENTICATIONFAILED] Authentication failed.")

    async def _idle(self, peer: Peer, tag: str) -> None:
        done = asyncio.create_task(peer.hear())
        while not done.done():
            changed = asyncio.create_task(self.changed.wait())
            await asyncio.wait({done, changed}, return_when=asyncio.FIRST_COMPLETED)
            if changed.done() and not done.done():
                self.changed.clear()
                await peer.say(f"* {len(self.folders['INBOX'].messages)} EXISTS")
            changed.cancel()
        await peer.say(f"{tag} OK")

    async def _uid(self, peer: Peer, tag: str, words: list[str], folder: ImapFolder) -> None:
        if words[1] == "SEARCH":
            hit = self.tabs.get(int(words[3])) == words[-1].strip('"')
            await peer.say(f"* SEARCH {words[3] if hit else ''}".rstrip())
        elif words[1] == "FETCH":
            start = int(words[2].partition(":")[0])
            part = re.search(r"BODY\.PEEK\[\](?:<0\.(\d+)>)?", words[-1])
            for number, (uid, raw) in enumerate(folder.messages.items(), 1):
                if uid < start or (":" not in words[2] and uid != start):
                    continue
                data = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                if part is not None:
                    data = raw[: int(part[1])] if part[1] else raw
                labels = f"X-GM-LABELS ({folder.labels[uid]}) " if "X-GM-EXT-1" in self.capabilities else ""
                date = f'INTERNALDATE "{folder.dates[uid]}" ' if uid in folder.dates else ""
                sizes = f"UID {uid} RFC822.SIZE {len(raw)}"
                head = f"* {number} FETCH ({sizes} {date}{labels}BODY[] {{{len(data)}}}\r\n"
                await peer.raw(head.encode() + data + b")\r\n")
        elif words[1] == "STORE":
            folder.deleted.add(int(words[2]))
        elif words[1] == "EXPUNGE":
            folder.messages.pop(int(words[2]), None)
        await peer.say(f"{tag} OK")
