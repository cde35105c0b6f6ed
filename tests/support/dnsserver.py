"""A scripted DNS server on loopback: UDP and TCP on one port, optionally TLS on another."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone

from mailproof.closing import abort

Query = dns.message.Message
Reply = dns.message.Message | bytes | None


@dataclass(frozen=True)
class Asked:
    """A received query. ``count``: how often this question was asked, including this time."""

    message: Query
    name: str
    rrtype: str
    transport: str
    peer: tuple[str, int]
    count: int

    def reply(self, *texts: str, rcode: int = 0, ad: bool = False, authority: tuple[str, ...] = ()) -> Query:
        """A recursive server's response with these records (``owner ttl type rdata``)."""
        reply = dns.message.make_response(self.message, recursion_available=True)
        if ad:
            reply.flags |= dns.flags.AD
        reply.set_rcode(dns.rcode.Rcode(rcode))
        for section, lines in ((reply.answer, texts), (reply.authority, authority)):
            for line in lines:
                owner, ttl, kind, rdata = line.split(" ", 3)
                rrset = dns.rrset.from_text_list(
                    dns.name.from_text(owner),
                    int(ttl),
                    "IN",
                    kind,
                    [rdata],
                    origin=dns.name.root,
                    relativize=False,
                )
                same = [r for r in section if r.name == rrset.name and r.rdtype == rrset.rdtype]
                if same:
                    same[0].update(rrset)  # type: ignore[no-untyped-call] # of dnspython
                else:
                    section.append(rrset)
        return reply


Handler = Callable[[Asked], "Reply | list[Reply] | Awaitable[Reply | list[Reply]]"]


class DnsServer:
    """Responds with the result of ``handler``: a message, bytes, None (silence) or a list of them.

    The probe for validation (``. SOA``) is handled separately: with AD if ``validating``, else with the
    RCODE ``root`` (REFUSED); it is counted in ``probes`` rather than ``asked``.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        validating: bool = False,
        root: int = 5,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.handler = handler
        self.validating = validating
        self.root = root
        self.tls = tls
        self.host = host
        self.port = 0
        self.tls_port = 0
        self.asked: list[Asked] = []
        self.probes = 0
        self.connections = 0
        self.counts: Counter[tuple[str, str]] = Counter()
        self._transport: asyncio.DatagramTransport | None = None
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for _ in range(20):
            tcp = await asyncio.start_server(self._stream, self.host, 0)
            self.port = tcp.sockets[0].getsockname()[1]
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
            udp.setblocking(False)
            try:
                udp.bind((self.host, self.port))
            except OSError:
                udp.close()
                tcp.close()
                continue
            self._servers.append(tcp)
            self._transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=udp)
            break
        if self.tls is not None:
            server = await asyncio.start_server(self._stream, self.host, 0, ssl=self.tls)
            self.tls_port = server.sockets[0].getsockname()[1]
            self._servers.append(server)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._transport is not None
        self._transport.close()
        for server in self._servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        kind = "tls" if writer.get_extra_info("ssl_object") else "tcp"
        peer = writer.get_extra_info("peername")[:2]
        pending: set[asyncio.Task[None]] = set()

        async def serve(data: bytes) -> None:
            for message in await self.replies(data, kind, peer):
                writer.write(struct.pack(">H", len(message)) + message)

        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
                while True:
                    size = int.from_bytes(await reader.readexactly(2))
                    job = asyncio.create_task(serve(await reader.readexactly(size)))
                    pending.add(job)
                    job.add_done_callback(pending.discard)
        finally:
            self._tasks.discard(task)
            for job in tuple(pending):
                job.cancel()
            abort(writer.transport)

    def spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def replies(self, data: bytes, transport: str, peer: tuple[str, int]) -> list[bytes]:
        """The responses to a query, in wire format."""
        message = dns.message.from_wire(data)
        question = message.question[0]
        name = question.name.to_text().lower().rstrip(".") or "."
        rrtype = dns.rdatatype.to_text(question.rdtype)
        if (name, rrtype) == (".", "SOA"):
            self.probes += 1
            probe = Asked(message, name, rrtype, transport, peer, self.probes)
            soa = ". 60 SOA a. b. 1 2 3 4 5"
            reply = probe.reply(soa, ad=True) if self.validating else probe.reply(rcode=self.root)
            return [reply.to_wire()]
        self.counts[name, rrtype] += 1
        asked = Asked(message, name, rrtype, transport, peer, self.counts[name, rrtype])
        self.asked.append(asked)
        given = self.handler(asked)
        if isinstance(given, Awaitable):
            given = await given
        many = given if isinstance(given, list) else [given]
        limit = max(message.payload, 512) if transport == "udp" else 65535
        return [_octets(one, limit) for one in many if one is not None]


def _octets(reply: dns.message.Message | bytes, limit: int) -> bytes:
    """The reply in wire format; if longer than ``limit``, it is sent without records and with the TC bit."""
    if isinstance(reply, bytes):
        return reply
    wire = reply.to_wire(max_size=65535)
    if len(wire) <= limit:
        return wire
    for section in (reply.answer, reply.authority, reply.additional):
        section.clear()
    reply.flags |= dns.flags.TC
    return reply.to_wire()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self.server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.server.spawn(self._serve(data, addr))

    async def _serve(self, data: bytes, addr: tuple[str, int]) -> None:
        for message in await self.server.replies(data, "udp", addr[:2]):
            self.transport.sendto(message, addr)  # type: ignore[attr-defined] # a datagram transport
