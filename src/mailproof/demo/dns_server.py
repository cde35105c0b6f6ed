"""A small authoritative DNS server for zone data, over UDP and TCP on loopback."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import cast

from dns import exception, flags, message, rdatatype

from mailproof.adapters.dnspython_bridge import response_to
from mailproof.dns import ZoneResolver

MAX_UDP = 1232
#: Attempts to find a free port.
TRIES = 20
_TCP_IDLE = 5.0


class DnsServer:
    """Serves ``zones`` on a free loopback port. Answers are authoritative, without recursion available."""

    def __init__(self, zones: ZoneResolver) -> None:
        self.zones = zones
        self.port = 0
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """host:port, as --nameserver takes it."""
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start listening. Raises OSError if no port is free for both TCP and UDP."""
        loop = asyncio.get_running_loop()
        for left in reversed(range(TRIES)):
            self._tcp = await asyncio.start_server(self._serve_tcp, "127.0.0.1", 0)
            self.port = self._tcp.sockets[0].getsockname()[1]
            try:
                self._udp, _ = await loop.create_datagram_endpoint(
                    lambda: _Datagrams(self), local_addr=("127.0.0.1", self.port)
                )
            except OSError:  # another program uses the port for UDP
                self._tcp.close()
                if not left:
                    raise
            else:
                return

    async def stop(self) -> None:
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()

    def reply(self, wire: bytes, limit: int) -> bytes | None:
        """The response to a query, both in wire format; None if it is not a query."""
        try:
            query = message.from_wire(wire)
        except (exception.DNSException, ValueError):
            return None
        if not isinstance(query, message.QueryMessage) or query.flags & flags.QR or len(query.question) != 1:
            return None
        question = query.question[0]
        name, rrtype = question.name.to_text(omit_final_dot=True), rdatatype.to_text(question.rdtype)
        response = response_to(query, self.zones.known(name, rrtype))
        response.flags = (response.flags | flags.AA) & ~flags.RA
        try:
            return response.to_wire(max_size=limit)
        except exception.TooBig:
            short = message.make_response(query)
            short.flags |= flags.AA | flags.TC
            return short.to_wire()

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            while True:
                async with asyncio.timeout(_TCP_IDLE):
                    size = int.from_bytes(await reader.readexactly(2), "big")
                    wire = await reader.readexactly(size)
                reply = self.reply(wire, 65535)
                if reply is None:
                    break
                writer.write(len(reply).to_bytes(2, "big") + reply)
                await writer.drain()
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self.server = server
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own transport does not derive from DatagramTransport in Python 3.11.
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        reply = self.server.reply(data, MAX_UDP)
        if reply is not None and self.transport is not None:
            self.transport.sendto(reply, addr)
