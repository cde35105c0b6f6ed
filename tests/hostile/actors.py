"""Scripted servers that misbehave at one command and behave at the others."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from mailproof.config.settings import Mechanism, RetrievalKind
from mailproof.model import RetrievalFacts
from mailproof.structs import replace
from tests.support.mail_servers import Peer, talking
from tests.support.retrieving import imap_settings, retrieve

#: A server's action at one command; arguments: the peer, the tag (IMAP), the command.
Turn = Callable[[Peer, str, str], Awaitable[None]]

TOKEN = "mp-0123456789abcdef0123"
PROBE_HEADER = f"Subject: hello [{TOKEN}]\r\nMessage-ID: <{TOKEN}.1@acme.example>\r\n\r\n".encode()
BOUNCE_HEADER = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n"
BOUNCE = (
    BOUNCE_HEADER + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    b"Final-Recipient: rfc822; b@receiver.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%b.1@acme.example>\r\n--b--\r\n"
    % TOKEN.encode()
)
LINE = b"x" * 70 + b"\r\n"


def large(header: bytes, octets: int) -> bytes:
    """A message of about this many octets."""
    return header + b"\r\n" + LINE * (octets // len(LINE))


def again(*lines: bytes) -> Turn:
    """Sends these lines until the client disconnects."""
    block = b"".join(line + b"\r\n" for line in lines) * 200

    async def turn(peer: Peer, tag: str, command: str) -> None:
        while True:
            await peer.raw(block)

    return turn


def drip(line: bytes) -> Turn:
    """Repeats this line, always within the time limit."""

    async def turn(peer: Peer, tag: str, command: str) -> None:
        while True:
            await peer.raw(line + b"\r\n")
            await asyncio.sleep(0.05)

    return turn


def once(data: bytes) -> Turn:
    """Sends this once."""

    async def turn(peer: Peer, tag: str, command: str) -> None:
        await peer.raw(data)
        await asyncio.sleep(3600)

    return turn


async def challenges(peer: Peer, tag: str, command: str) -> None:
    """A login that never ends."""
    while True:
        await peer.say("+ ")
        await peer.hear()


def listing(turn: Turn) -> Turn:
    """A multi-line response."""

    async def begun(peer: Peer, tag: str, command: str) -> None:
        await peer.say("+OK")
        await turn(peer, tag, command)

    return begun


@dataclass
class Imap:
    """An account with one INBOX. ``at`` has the action that replaces the right one at a command."""

    at: dict[str, Turn] = field(default_factory=dict)
    messages: Sequence[bytes] = ()
    before: int = 0
    capabilities: str = "IMAP4rev1 IDLE"
    honours_parts: bool = True
    knows_parts: bool = True
    said_size: int = 100
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, peer: Peer) -> None:
        """Lead a connection."""
        if "GREETING" in self.at:
            await self.at["GREETING"](peer, "*", "")
        await peer.say(f"* OK [CAPABILITY {self.capabilities}] ready")
        while True:
            tag, _, command = (await peer.hear()).partition(" ")
            verb = command.split()[0].upper()
            if verb in self.at:
                self.started.set()
                await self.at[verb](peer, tag, command)
            elif verb == "LOGIN":
                await self._login(peer, tag, command)
            elif verb == "CAPABILITY":
                await peer.say(f"* CAPABILITY {self.capabilities}", f"{tag} OK")
            elif verb == "LIST":
                await peer.say('* LIST () "/" INBOX', f"{tag} OK")
            elif verb == "STATUS":
                uid = 1 + (len(self.messages) if self.before else 0)
                self.before += 1
                await peer.say(f"* STATUS INBOX (UIDNEXT {uid} UIDVALIDITY 1)", f"{tag} OK")
            elif verb == "UID" and "<0." in command and not self.knows_parts:
                await peer.say(f"{tag} BAD no parts")
            elif verb == "UID":
                await self._fetch(peer, command)
                await peer.say(f"{tag} OK")
            elif verb == "IDLE":
                await peer.say("+ idling")
                await peer.hear()
                await peer.say(f"{tag} OK")
            else:
                await peer.say(f"{tag} OK")

    async def _login(self, peer: Peer, tag: str, command: str) -> None:
        for _ in range(2):
            await peer.say("+ go")
            await peer.exactly(int(command.rstrip("}").rpartition("{")[2]))
            command = await peer.hear()
        await peer.say(f"{tag} OK")

    async def _fetch(self, peer: Peer, command: str) -> None:
        first = int(command.split()[2].partition(":")[0])
        chosen = range(first, len(self.messages) + 1) if ":" in command else (first,)
        part = re.search(r"<0\.(\d+)>", command)
        for uid in chosen:
            raw = self.messages[uid - 1]
            if "HEADER" in command:
                raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            elif part and self.honours_parts:
                raw = raw[: int(part[1])]
            head = f"* {uid} FETCH (UID {uid} RFC822.SIZE {self.said_size} BODY[] {{{len(raw)}}}\r\n"
            await peer.raw(head.encode() + raw + b")\r\n")


@dataclass
class Pop3:
    """A maildrop; ``messages`` arrive after the first session."""

    at: dict[str, Turn] = field(default_factory=dict)
    messages: Sequence[bytes] = ()
    knows_top: bool = True
    honours_top: bool = True
    sessions: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, peer: Peer) -> None:
        """Lead a connection."""
        if "GREETING" in self.at:
            await self.at["GREETING"](peer, "", "")
        drop = self.messages if self.sessions else ()
        self.sessions += 1
        await peer.say("+OK ready")
        while True:
            command = await peer.hear()
            verb, _, rest = command.partition(" ")
            if verb in self.at:
                self.started.set()
                await self.at[verb](peer, "", command)
            elif verb == "CAPA":
                await peer.say("+OK", "UIDL", "SASL SCRAM-SHA-256 PLAIN", ".")
            elif verb in ("UIDL", "LIST"):
                await peer.say("+OK", *(f"{n} 1{n:04d}" for n in range(1, len(drop) + 1)), ".")
            elif verb == "RETR":
                await self._text(peer, drop[int(rest) - 1])
            elif verb == "TOP" and self.knows_top:
                await self._top(peer, drop, *map(int, rest.split()))
            else:
                await peer.say("-ERR no" if verb == "TOP" else "+OK")
            if verb == "QUIT":
                return

    async def _top(self, peer: Peer, drop: Sequence[bytes], number: int, lines: int) -> None:
        header, _, body = drop[number - 1].partition(b"\r\n\r\n")
        if self.honours_top or not lines:
            body = body[: lines * len(LINE)]
            body = body[: body.rfind(b"\n") + 1]
        await self._text(peer, header + b"\r\n\r\n" + body)

    async def _text(self, peer: Peer, raw: bytes) -> None:
        await peer.raw(b"+OK\r\n" + raw.replace(b"\n.", b"\n..") + b".\r\n")


async def watch(
    server: Imap | Pop3, mechanism: Mechanism | None = None, timeout: float = 5.0
) -> RetrievalFacts:
    """The result of the watch, which may take up to a second."""
    async with talking(server.talk) as port:
        kind: RetrievalKind = "imap" if isinstance(server, Imap) else "pop3"
        settings = imap_settings(port, kind=kind, deadline=1.0, poll_interval=0.2, timeout=timeout)
        return (await retrieve(replace(settings, mechanism=mechanism), TOKEN))[0]
