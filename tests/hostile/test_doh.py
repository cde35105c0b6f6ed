# ruff: noqa: SIM117
"""Resolvers over HTTPS whose answers are invalid or too large."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import dns.message
import pytest

from mailproof.dns import LiveResolver
from tests.support.dohserver import DohServer, Response
from tests.support.tls import Authority


def other_question(body: bytes) -> Response:
    reply = dns.message.make_response(dns.message.make_query("other.test", "TXT"))
    reply.id = int.from_bytes(body[:2])
    return Response(reply.to_wire())


def cut(body: bytes) -> Response:
    return Response(dns.message.make_response(dns.message.from_wire(body)).to_wire()[:-3])


def counts(body: bytes) -> Response:
    """65,535 answers are announced, and none follows."""
    wire = bytearray(dns.message.make_response(dns.message.from_wire(body)).to_wire())
    wire[6:8] = b"\xff\xff"
    return Response(bytes(wire))


def pointers(body: bytes) -> Response:
    """An owner name that points at itself."""
    query = dns.message.from_wire(body)
    query.use_edns(False)
    wire = bytearray(dns.message.make_response(query).to_wire())
    wire[6:8] = b"\x00\x01"
    here = len(wire)
    return Response(bytes(wire) + (0xC000 | here).to_bytes(2) + b"\0\x10\0\x01\0\0\0\0\0\x01\0")


ATTACKS: dict[str, Callable[[bytes], Response]] = {
    "too much": lambda _: Response(bytes(1 << 20)),
    "nothing": lambda _: Response(b""),
    "another question": other_question,
    "cut off": cut,
    "a count that is a lie": counts,
    "a name in a circle": pointers,
    "a page": lambda _: Response(b"<html>", headers=(("content-type", "text/html"),)),
    "a redirect": lambda _: Response(b"", 302, (("location", "https://127.0.0.1:1/"),)),
    "an error": lambda _: Response(b"no", 500),
    "a teapot": lambda _: Response(b"no", 418),
}


@pytest.mark.parametrize("respond", ATTACKS.values(), ids=ATTACKS)
async def test_what_is_no_answer_is_unknown(respond: Callable[[bytes], Response], tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    async with DohServer(respond, ca.server("127.0.0.1", alpn=("h2",))) as server, asyncio.timeout(120):
        async with LiveResolver([server.url], timeout=1.0, attempts=1, ca_file=str(ca.ca_file)) as resolver:
            answer = await resolver.query("a.test", "TXT")
    assert answer.undetermined
    assert not answer.records
    assert 0 < len(answer.reason) < 500
