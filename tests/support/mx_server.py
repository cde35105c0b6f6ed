"""A scripted mail host on loopback, and routes to it from documentation addresses."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from mailproof.facts.transport_options import TransportOptions
from tests.support.listening import free_port
from tests.support.mail_servers import Peer, talking
from tests.support.networks import LABORATORY


@dataclass
class MxHost:
    """The behaviour of a host. ``commands`` are the commands received on all connections.

    ``begins`` is a line that it sends before its pause; ``mute_at`` is a command that it never answers.
    """

    name: str = "mx1.acme.example"
    tls: ssl.SSLContext | None = None
    greeting: str = ""
    begins: str = ""
    extensions: tuple[str, ...] = ("PIPELINING", "SIZE 10240000", "8BITMIME")
    starttls_reply: str = "220 2.0.0 Ready to start TLS"
    starttls_extra: str = ""
    mail_reply: str = "250 2.1.0 Ok"
    null_reply: str = "250 2.1.0 Ok"
    rcpt_reply: str = "554 5.7.1 Relay access denied"
    ehlo_reply: str = ""
    silent: bool = False
    mute_at: str = ""
    handshake: bool = True
    later_pause: float = 0.0
    greetings: list[str] = field(default_factory=list)
    hang_up: bool = False
    pause: float = 0.0
    gate: asyncio.Barrier | None = None
    commands: list[str] = field(default_factory=list)
    open: int = 0
    most_open: int = 0
    connections: int = 0

    async def talk(self, peer: Peer) -> None:
        self.connections += 1
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        try:
            await self._talk(peer)
        finally:
            self.open -= 1

    async def _talk(self, peer: Peer) -> None:
        if self.silent:
            await asyncio.sleep(30)
        if self.hang_up:
            return
        if self.gate is not None and self.connections == 1:
            await self.gate.wait()
        if self.begins:
            await peer.say(self.begins)
        await asyncio.sleep(self.pause if self.connections == 1 else self.later_pause or self.pause)
        await peer.say(self.greetings.pop(0) if self.greetings else self.greeting or f"220 {self.name} ESMTP")
        encrypted = False
        while True:
            line = await peer.hear()
            self.commands.append(line)
            verb = line.split()[0].upper()
            if verb == self.mute_at:
                continue
            if verb == "EHLO":
                offers = self.extensions
                if self.tls is not None and not encrypted:
                    offers = (*offers, "STARTTLS")
                lines = (self.name, *offers)
                await peer.say(
                    *([self.ehlo_reply] if self.ehlo_reply else ()),
                    *(
                        ()
                        if self.ehlo_reply
                        else (
                            f"250{' ' if i == len(lines) - 1 else '-'}{each}" for i, each in enumerate(lines)
                        )
                    ),
                )
            elif verb == "STARTTLS" and self.tls is not None:
                await peer.raw(f"{self.starttls_reply}\r\n{self.starttls_extra}".encode())
                if not self.handshake:
                    await asyncio.sleep(30)
                if self.starttls_reply.startswith("220"):
                    await peer.start_tls(self.tls)
                    encrypted = True
            elif verb == "MAIL":
                await peer.say(self.null_reply if "<>" in line else self.mail_reply)
            elif verb == "RCPT":
                await peer.say(self.rcpt_reply)
            elif verb == "QUIT":
                await peer.say("221 2.0.0 Bye")
                return
            else:
                await peer.say("250 2.0.0 Ok")


@contextlib.asynccontextmanager
async def mail_hosts(hosts: dict[str, MxHost | None]) -> AsyncIterator[TransportOptions]:
    """Serve hosts at the given addresses; None refuses connections. Yields options that route to them."""
    async with contextlib.AsyncExitStack() as stack:
        places: dict[str, tuple[str, int]] = {}
        for address, host in hosts.items():
            if host is None:
                places[address] = ("127.0.0.1", free_port())
            else:
                places[address] = ("127.0.0.1", await stack.enter_async_context(talking(host.talk)))
        yield TransportOptions(
            allowed=LABORATORY,
            route=lambda address, port: places[address],
            connect_timeout=2.0,
            reply_timeout=3.0,
            connection_timeout=8.0,
            total=15.0,
        )


def limited(context: ssl.SSLContext, low: ssl.TLSVersion, high: ssl.TLSVersion) -> ssl.SSLContext:
    """Restrict the context to these versions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = low
        context.maximum_version = high
    return context
