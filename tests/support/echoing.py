"""Mail servers that behave correctly except in one place, where they send a text chosen by the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.mail_servers import Peer

#: The lines of replies, by command.
Says = dict[str, tuple[str, ...]]


@dataclass
class EchoingSmtp:
    """SMTP with AUTH. ``says`` has the replies by verb, and for ``greeting``, ``challenge`` (a 334 before the
    reply to AUTH) and ``message`` (after the final dot); ``greetings`` are used one per connection.
    """

    says: Says = field(default_factory=dict)
    greetings: list[tuple[str, ...]] = field(default_factory=list)
    deliver: Callable[[bytes], object] = lambda _: None
    auth: str = "PLAIN"
    usual: Says = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.usual = {
            "greeting": ("220 smtp.acme.example",),
            "EHLO": ("250-smtp.acme.example", f"250 AUTH {self.auth}"),
            "AUTH": ("235 2.7.0 in",),
            "DATA": ("354 go",),
            "message": ("250 2.0.0 Ok: queued as 4XyZ",),
            "QUIT": ("221 bye",),
        }

    async def talk(self, peer: Peer) -> None:
        told = self.usual | self.says
        await peer.say(*(self.greetings.pop(0) if self.greetings else told["greeting"]))
        while True:
            verb = (await peer.hear()).split(" ")[0].upper()
            if verb == "AUTH" and "challenge" in told:
                await peer.say(*told["challenge"])
                await peer.hear()
            await peer.say(*told.get(verb, ("250 2.1.0 OK",)))
            if verb == "DATA" and told["DATA"][0].startswith("354"):
                message = await peer.reader.readuntil(b"\r\n.\r\n")
                self.deliver(message.removesuffix(b".\r\n"))
                await peer.say(*told["message"])


@dataclass
class EchoingImap:
    """IMAP with one folder. ``says`` has the reply lines by command; ``TAG`` is replaced by its tag."""

    says: Says = field(default_factory=dict)
    arrived: list[bytes] = field(default_factory=list)
    folder: str = "INBOX"
    capabilities: str = "IMAP4rev1 AUTH=PLAIN SASL-IR"

    async def talk(self, peer: Peer) -> None:
        await peer.say(*self.says.get("greeting", (f"* OK [CAPABILITY {self.capabilities}] hi",)))
        usual = {
            "CAPABILITY": (f"* CAPABILITY {self.capabilities}", "TAG OK"),
            "LIST": ('* LIST () "/" "INBOX"', f'* LIST () "/" "{self.folder}"', "TAG OK"),
            "EXAMINE": ("* 1 EXISTS", "TAG OK"),
            "SELECT": ("* 1 EXISTS", "TAG OK"),
        }
        while True:
            tag, _, rest = (await peer.hear()).partition(" ")
            verb = rest.split(" ")[0].upper()
            lines = self.says.get(verb) or usual.get(verb)
            if verb == "UID" and lines is None:
                await self._fetch(peer)
            elif verb == "STATUS" and lines is None:
                name = rest.split('"')[1] if '"' in rest else "INBOX"
                lines = (f'* STATUS "{name}" (UIDNEXT {len(self.arrived) + 1} UIDVALIDITY 7)', "TAG OK")
            await peer.say(*(line.replace("TAG", tag) for line in lines or ("TAG OK",)))

    async def _fetch(self, peer: Peer) -> None:
        for number, raw in enumerate(self.arrived, 1):
            head = f"* {number} FETCH (UID {number} RFC822.SIZE {len(raw)} BODY[] {{{len(raw)}}}\r\n"
            await peer.raw(head.encode() + raw + b")\r\n")


@dataclass
class EchoingPop3:
    """POP3. ``says`` has the reply lines by command."""

    says: Says = field(default_factory=dict)
    arrived: list[bytes] = field(default_factory=list)

    async def talk(self, peer: Peer) -> None:
        await peer.say(*self.says.get("greeting", ("+OK hi",)))
        uids = [f"{number} u{number}" for number, _ in enumerate(self.arrived, 1)]
        usual = {"CAPA": ("+OK", "USER", "UIDL", "."), "UIDL": ("+OK", *uids, ".")}
        while True:
            words = (await peer.hear()).split(" ")
            lines = self.says.get(words[0].upper()) or usual.get(words[0].upper())
            if words[0].upper() in ("RETR", "TOP") and lines is None:
                await peer.raw(b"+OK\r\n" + self.arrived[int(words[1]) - 1] + b"\r\n.\r\n")
            else:
                await peer.say(*(lines or ("+OK",)))
            if words[0].upper() == "QUIT":
                await asyncio.sleep(0)
                return
