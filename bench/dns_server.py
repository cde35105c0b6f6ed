"""A DNS server for benchmarks: synthetic, cached answers, as fast as Python allows.

Blocking and single-threaded; run it as a separate process. It prints its port and serves until killed.
"""

from __future__ import annotations

import argparse
import socket
import struct

A, CNAME, SOA, MX, TXT, AAAA = 1, 5, 6, 15, 16, 28
QNAME = b"\xc0\x0c"
OPT = b"\0" + struct.pack(">HHIH", 41, 1232, 0, 0)


def record(owner: bytes, kind: int, ttl: int, rdata: bytes) -> bytes:
    return owner + struct.pack(">HHIH", kind, 1, ttl, len(rdata)) + rdata


def labels(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def strings(*texts: str) -> bytes:
    return b"".join(bytes([len(text)]) + text.encode() for text in texts)


def negative() -> bytes:
    soa = labels("ns.test") + labels("hostmaster.test") + struct.pack(">IIIII", 1, 3600, 600, 86400, 300)
    return record(labels("test"), SOA, 600, soa)


def answer(name: bytes, kind: int) -> tuple[int, list[bytes], list[bytes]]:
    """RCODE, answers and authority for a name like ``d17.test``: a miniature of a real domain."""
    first = name[1 : 1 + name[0]]
    number = int(first[1:]) if first[1:].isdigit() else 0
    if first.startswith(b"x"):
        return 3, [], [negative()]
    if first.startswith(b"c"):  # an alias
        target = labels(f"d{number}.test")
        rcode, records, authority = answer(target, kind)
        rest = [target + piece[len(QNAME) :] for piece in records]
        return rcode, [record(QNAME, CNAME, 120, target), *rest], authority
    if kind == TXT:
        spf = strings(f"v=spf1 ip4:192.0.2.{number % 250} include:spf{number}.esp.example ", "-all")
        return 0, [record(QNAME, TXT, 300, spf), record(QNAME, TXT, 200, strings(f"site-{number}"))], []
    if kind == MX:
        hosts = [struct.pack(">H", 10 * i) + strings(f"mx{i}") + QNAME for i in (1, 2)]
        return 0, [record(QNAME, MX, 3600, host) for host in hosts], []
    if kind == A:
        return 0, [record(QNAME, A, 60, bytes([192, 0, 2, number % 250 + i])) for i in range(2)], []
    return 0, [], [negative()]


def reply(query: bytes) -> bytes:
    """The reply without its id."""
    end = 12
    while query[end]:
        end += query[end] + 1
    name, kind = query[12 : end + 1].lower(), struct.unpack_from(">H", query, end + 1)[0]
    rcode, answers, authority = answer(name, kind)
    extra = [OPT] if query[10:12] != b"\0\0" else []
    header = struct.pack(">HHHHH", 0x8580 | rcode, 1, len(answers), len(authority), len(extra))
    return b"".join([header, query[12 : end + 5], *answers, *authority, *extra])


def serve(sock: socket.socket) -> None:
    ready: dict[bytes, bytes] = {}
    receive, send = sock.recvfrom, sock.sendto
    while True:
        query, peer = receive(2048)
        key = query[2:]
        rest = ready.get(key)
        if rest is None:
            rest = ready[key] = reply(query)
        send(query[:2] + rest, peer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sock.bind((options.host, options.port))
    print(sock.getsockname()[1], flush=True)
    serve(sock)


if __name__ == "__main__":
    main()
