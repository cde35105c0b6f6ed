"""A slow name server for the forwarder tests: it delays every answer, as if it were far away.

``python -m tests.lab.upstream --delay 80 --domains 100`` prints its port and serves ``d0.example`` and so on,
each with the records that mail needs, until it is stopped. Names below ``silent.example`` are never answered.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import struct
from typing import cast

import dns.name
import dns.rdata
import dns.rdatatype

_OPT = b"\0" + struct.pack(">HHIH", 41, 1232, 0, 0)
_SILENT = b"\x06silent\x07example\0"
#: Lines of owner, type and data; ``{d}`` is the domain.
_DOMAIN = """\
{d}. SOA ns1.{d}. hostmaster.{d}. 1 7200 900 1209600 300
{d}. NS ns1.{d}.
{d}. NS ns2.{d}.
{d}. MX 10 mx1.{d}.
{d}. MX 20 mx2.{d}.
{d}. TXT "v=spf1 mx include:_spf.{d}. include:spf.news.example -all"
_spf.{d}. TXT "v=spf1 ip4:192.0.2.0/26 ip6:2001:db8:1::/48 -all"
_dmarc.{d}. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@{d}"
s1._domainkey.{d}. TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
ns1.{d}. A 192.0.2.53
ns2.{d}. A 198.51.100.53
mx1.{d}. A 192.0.2.25
mx1.{d}. AAAA 2001:db8::25
mx2.{d}. A 192.0.2.26
"""
_SHARED = """\
. SOA a.root. hostmaster.root. 1 7200 900 1209600 300
. NS a.root.
example. SOA ns.example. hostmaster.example. 1 7200 900 1209600 300
example. NS ns.example.
spf.news.example. TXT "v=spf1 ip4:203.0.113.64/26 -all"
25.2.0.192.in-addr.arpa. PTR mx1.d0.example.
26.2.0.192.in-addr.arpa. PTR mx2.d0.example.
"""
_TTL = 3600


class World:
    """The records by name and type, in wire format, and the names that exist."""

    def __init__(self, domains: int) -> None:
        text = _SHARED + "".join(_DOMAIN.format(d=f"d{i}.example") for i in range(domains))
        self.sets: dict[tuple[bytes, int], list[bytes]] = {}
        self.names: set[bytes] = set()
        for line in text.splitlines():
            owner, kind, data = line.split(" ", 2)
            name, rdtype = dns.name.from_text(owner), dns.rdatatype.from_text(kind)
            wire = cast("bytes", dns.rdata.from_text("IN", rdtype, data).to_wire())
            record = struct.pack(">HHIH", rdtype, 1, _TTL, len(wire)) + wire
            self.sets.setdefault((_wire(name), rdtype), []).append(record)
            for depth in range(len(name.labels)):
                self.names.add(_wire(dns.name.Name(name.labels[depth:])))

    def reply(self, query: bytes) -> bytes | None:
        """The reply; None to send none."""
        end = 12
        while query[end]:
            end += query[end] + 1
        name, (kind, _) = query[12 : end + 1].lower(), struct.unpack_from(">HH", query, end + 1)
        if name.endswith(_SILENT):
            return None
        records = [b"\xc0\x0c" + each for each in self.sets.get((name, kind), ())]
        authority = []
        if not records:
            at = name
            while (at, dns.rdatatype.SOA) not in self.sets:
                at = at[1 + at[0] :]
            authority = [at + each for each in self.sets[at, dns.rdatatype.SOA]]
        rcode = 0 if name in self.names else 3
        extra = [_OPT] if query[10:12] != b"\0\0" else []
        flags = 0x8580 | rcode
        header = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), len(authority), len(extra))
        return b"".join([header, query[12 : end + 5], *records, *authority, *extra])


def _wire(name: dns.name.Name) -> bytes:
    return cast("bytes", name.canonicalize().to_wire())


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, world: World, delay: float) -> None:
        self.world, self.delay = world, delay
        self.loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self.world.reply(data)
        if reply is not None:
            self.loop.call_later(self.delay, self.transport.sendto, reply, addr)


async def serve(domains: int, delay: float) -> None:
    """Serve until cancelled."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sock.bind(("127.0.0.1", 0))
    world = World(domains)
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Datagrams(world, delay), sock=sock)
    print(sock.getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=80.0, help="of each answer, in ms")
    parser.add_argument("--domains", type=int, default=100)
    given = parser.parse_args()
    asyncio.run(serve(given.domains, given.delay / 1000))
